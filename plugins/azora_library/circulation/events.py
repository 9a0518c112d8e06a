"""What lending tells. `account` is the borrower's, where they have one."""

from datetime import datetime

from azora import Event


class LoanEvent(Event):
    key_field = "loan_id"

    loan_id: str
    resource_id: str
    account: str | None
    due: datetime


class LoanStarted(LoanEvent):
    """A copy went out."""


class LoanRenewed(LoanEvent):
    """A loan got a later day."""


class LoanEnded(LoanEvent):
    """A copy came back."""


class LoanDueSoon(LoanEvent):
    """A loan's day comes near; told once."""


class LoanOverdue(LoanEvent):
    """A loan's day has passed; told once."""


class HoldEvent(Event):
    key_field = "hold_id"

    hold_id: str
    resource_id: str
    account: str | None


class HoldPlaced(HoldEvent):
    """Somebody waits for a copy."""


class HoldReady(HoldEvent):
    """A copy stands ready for somebody."""

    until: datetime


class HoldEnded(HoldEvent):
    """`outcome` is fulfilled, cancelled or expired."""

    outcome: str


EVENTS = (
    LoanStarted, LoanRenewed, LoanEnded, LoanDueSoon, LoanOverdue, HoldPlaced, HoldReady, HoldEnded
)  # fmt: skip
