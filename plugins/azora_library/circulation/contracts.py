"""What lending is asked and answers."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from azora import ListReply, ListRequest, Reply, Request
from azora_library.catalogue.fields import Line, Prose, ResourceId

Label = Annotated[
    Line,
    StringConstraints(max_length=40, pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]*$", to_upper=True),
    Field(examples=["L1234567897"]),
]
PolicyName = Annotated[str, StringConstraints(max_length=40, pattern="^[a-z][a-z0-9_-]*$")]
Short = Annotated[Prose, StringConstraints(max_length=200)]
RowId = Annotated[Line, StringConstraints(max_length=36)]
AccountId = Annotated[str, Field(pattern=r"^user:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Placed = Literal["available", "repair", "lost", "withdrawn"]


# Copies and the terms on which they are lent


class Policy(Reply):
    """Terms of lending: for how many days (0: not at all), and how often a loan may be renewed."""

    name: str
    days: int
    renewals: int


class ListPolicies(Request):
    """No choice to make."""


class Policies(Reply):
    items: list[Policy]


class SavePolicy(Request):
    name: PolicyName
    days: int = Field(ge=0, le=3650)
    renewals: int = Field(0, ge=0, le=100)


class Copy(Reply):
    """One copy as readers see it; `due` is the day it comes back, where it is out."""

    barcode: str
    location: str
    shelfmark: str
    policy: str
    lendable: bool
    state: str
    due: datetime | None
    note: str


class ListCopies(Request):
    id: ResourceId


class Copies(Reply):
    """The copies of a resource, and how many people wait for one."""

    items: list[Copy]
    available: int
    waiting: int
    mine: str | None = Field(None, description="The reader's own open hold, by its id.")


class AddCopy(Request):
    """A copy of a resource. Without a barcode it is given one to print."""

    id: ResourceId
    barcode: Label | None = None
    location: Short = ""
    shelfmark: Short = ""
    policy: PolicyName = "standard"
    note: Short = ""


class UpdateCopy(Request):
    """Another place, other terms, or the news that a copy is lost, in repair or withdrawn."""

    barcode: Label
    location: Short | None = None
    shelfmark: Short | None = None
    policy: PolicyName | None = None
    note: Short | None = None
    state: Placed | None = None


class RemoveCopy(Request):
    barcode: Label


# Cards


class IssueCard(Request):
    """A card for somebody: with an account, or by name alone."""

    name: Annotated[Line, StringConstraints(max_length=200)]
    account: AccountId | None = None
    number: Label | None = None


class UpdateCard(Request):
    number: Label
    name: Annotated[Line, StringConstraints(max_length=200)] | None = None
    blocked: Short | None = Field(
        None, description="Why the holder may not borrow; empty lifts it."
    )


class CardRef(Request):
    number: Label


class FindCards(ListRequest):
    """The cards whose number or name begins so."""

    query: Short = ""


class LibraryCard(Reply):
    number: str
    name: str
    account: str | None
    blocked: str
    loans: int
    overdue: int


# Loans


class CheckOut(Request):
    barcode: Label
    card: Label


class CheckIn(Request):
    barcode: Label


class Item(Reply):
    """What was lent, in words."""

    barcode: str
    resource_id: str
    title: str


class Loan(Reply):
    """`renewals` is how often it may still be renewed by rule; a waiting reader ends that."""

    id: str
    item: Item
    card: str
    name: str
    started: datetime
    due: datetime
    overdue: bool
    renewals: int


class CheckedIn(Reply):
    """What came back, from whom, and where it goes: to a reader's hold, or to its shelf."""

    item: Item
    location: str
    shelfmark: str
    late: bool
    hold_for: str | None = Field(
        None, description="The card of the reader for whom to set it aside."
    )
    hold_until: datetime | None = None


class RenewLoan(Request):
    id: RowId


class ListLoans(ListRequest):
    """Loans that run, the first due first."""

    card: Label | None = None
    overdue: bool = False


class OwnLending(Request):
    """No choice to make."""


class ListDue(ListRequest):
    """The first to end comes first; the first page is all that there is."""


class Due(Reply):
    """A resource of which a copy goes back, or is fetched, until a day."""

    id: str
    title: str
    until: datetime


class Hold(Reply):
    """A place in a queue (`position` 1 is next), or a copy that stands ready until `until`."""

    id: str
    resource_id: str
    title: str
    card: str
    name: str
    state: str
    placed: datetime
    position: int | None
    until: datetime | None


class Lent(Reply):
    """Everything that one reader has out and waits for."""

    card: LibraryCard | None
    loans: list[Loan]
    holds: list[Hold]


# Holds


class PlaceHold(Request):
    """A place in the queue for the next copy; for oneself, or by a librarian for a `card`."""

    id: ResourceId
    card: Label | None = None


class HoldRef(Request):
    hold: RowId


class ListHolds(ListRequest):
    """Holds that are open: those that stand ready, or those that wait."""

    state: Literal["ready", "waiting"] = "ready"


class TendLoans(Request):
    """No choice to make."""


class Tended(Reply):
    due_soon: int
    overdue: int
    expired: int
    forgotten: int


LoanList = ListReply[Loan]
HoldList = ListReply[Hold]
CardList = ListReply[LibraryCard]
DueList = ListReply[Due]
