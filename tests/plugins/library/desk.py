"""A lending desk and the readers who come to it, as the tests of lending act them."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from azora import Conflict
from azora.ids import uuid7
from azora_library.catalogue.models import ResourceRow
from azora_library.circulation.models import CopyRow, HoldRow, LoanRow

BORROW = "library.borrow"


class Desk:
    """A library with its desk, and readers who come to it."""

    def __init__(self, library: Any) -> None:
        self.library = library

    def book(self, copies: int = 1, **copy: Any) -> SimpleNamespace:
        resource = self.library.add()
        labels = [
            self.library.call("add_copy", id=resource.id, **copy).barcode for _ in range(copies)
        ]
        return SimpleNamespace(id=resource.id, labels=labels, label=labels[0] if labels else None)

    def reader(self) -> SimpleNamespace:
        account = f"user:{uuid7()}"
        card = self.library.call("issue_card", name="Thandi", account=account)
        return SimpleNamespace(account=account, card=card.number)

    def lend(self, book: SimpleNamespace, reader: SimpleNamespace) -> Any:
        return self.library.call("check_out", barcode=book.label, card=reader.card)

    def take_back(self, book: SimpleNamespace) -> Any:
        return self.library.call("check_in", barcode=book.label)

    def wait_for(self, book: SimpleNamespace, reader: SimpleNamespace) -> Any:
        return self.library.call("place_hold", by=self.signed_in(reader), id=book.id)

    def renew(self, loan: Any, reader: SimpleNamespace) -> Any:
        return self.library.call("renew_loan", by=self.signed_in(reader), id=loan.id)

    def of(self, reader: SimpleNamespace) -> Any:
        return self.library.call("own_lending", by=self.signed_in(reader))

    def signed_in(self, reader: SimpleNamespace) -> str:
        return str(self.library.person(BORROW, "library.read", id=reader.account))

    def state(self, book: SimpleNamespace) -> str:
        return str(self.library.call("list_copies", by=None, id=book.id).items[0].state)

    def refusal(self, act: Any, *given: Any) -> str:
        with pytest.raises(Conflict) as refused:
            act(*given)
        return refused.value.code

    def let_pass(self, table: Any, id: str, **moments: datetime) -> None:
        """Set the clock of one row, since the test has no month to wait."""
        with self.library.hosted.transaction():
            table.update(moments).where(table.id == id).execute()


def days(number: float) -> datetime:
    return datetime.now(UTC) + timedelta(days=number)


def assert_sound(book: SimpleNamespace) -> None:
    """What a copy says of itself is what its loans and holds say."""
    for label in book.labels:
        copy = CopyRow.get(CopyRow.barcode == label)
        loans = LoanRow.select().where((LoanRow.copy == copy.id) & LoanRow.returned.is_null())
        ready = HoldRow.select().where((HoldRow.copy == copy.id) & (HoldRow.state == "ready"))
        assert loans.count() == (copy.state == "on_loan")
        assert ready.count() == (copy.state == "held")
        assert all(hold.until for hold in ready)
    waiting = HoldRow.select().join(ResourceRow).where(ResourceRow.id == book.id)
    assert all(hold.copy is None for hold in waiting.where(HoldRow.state != "ready"))
