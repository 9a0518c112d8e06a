"""Reading the tables of lending, and taking rows for changing them.

Whoever changes a copy, its loan or a hold takes the resource's row first: one order for everybody,
so that two desks and a reader never wait for each other in a ring.
"""

from typing import TYPE_CHECKING, Any

from azora.errors import NotFound
from azora_library.catalogue import access
from azora_library.catalogue.models import ResourceRow
from azora_library.circulation.domain import OPEN_HOLD, HoldState, Terms
from azora_library.circulation.models import CardRow, CopyRow, HoldRow, LoanRow

if TYPE_CHECKING:
    from azora.actor import Actor
    from azora.data.database import PluginDatabase


def lock(database: "PluginDatabase", row: Any) -> Any:
    """The row as it is now, kept from others until the transaction ends."""
    model = type(row)
    query = model.select().where(model._meta.primary_key == row.get_id())
    return (query.for_update() if database.dialect == "postgresql" else query).get()


def copy_of(barcode: str) -> CopyRow:
    found = CopyRow.get_or_none(CopyRow.barcode == barcode)
    if found is None:
        raise NotFound(f"No copy has the barcode {barcode}.", code="library.copy_not_found")
    return found


def take_copy(database: "PluginDatabase", barcode: str) -> CopyRow:
    """The copy with its resource, both kept from others. Raises NotFound."""
    found = copy_of(barcode)
    lock(database, found.resource)
    return lock(database, found)


def resource_of(database: "PluginDatabase", id: str, actor: "Actor | None") -> ResourceRow:
    """The resource, where this reader may see it. Raises NotFound."""
    return ResourceRow.get_by_id(access.see(database, id, actor).number)


def card_of(number: str) -> CardRow:
    found = CardRow.get_or_none(CardRow.number == number)
    if found is None:
        raise NotFound(f"No card has the number {number}.", code="library.card_not_found")
    return found


def card_of_account(account: str) -> CardRow | None:
    return CardRow.get_or_none(CardRow.account == account)


def open_loan(copy: CopyRow) -> LoanRow | None:
    return LoanRow.get_or_none((LoanRow.copy == copy.id) & LoanRow.returned.is_null())


def open_loans(card: CardRow) -> Any:
    """A query of what the holder of a card has out."""
    return LoanRow.select().where((LoanRow.card == card.id) & LoanRow.returned.is_null())


def open_holds(card: CardRow) -> Any:
    return HoldRow.select().where((HoldRow.card == card.id) & HoldRow.state.in_(OPEN_HOLD))


def queue(resource: ResourceRow) -> Any:
    """Who waits for a resource, the first in turn first."""
    waiting = (HoldRow.resource == resource.number) & (HoldRow.state == HoldState.WAITING)
    return HoldRow.select().where(waiting).order_by(HoldRow.placed, HoldRow.id)


def terms_of(copy: CopyRow) -> Terms:
    return Terms(copy.policy.days, copy.policy.renewals)
