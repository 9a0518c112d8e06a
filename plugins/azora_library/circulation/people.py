"""What lending knows of one person: their card, what they have out, what they wait for."""

from typing import TYPE_CHECKING

from azora_library.circulation import stock
from azora_library.circulation.desk import lent
from azora_library.circulation.domain import HoldState
from azora_library.circulation.lending import Lending

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

ON_LOAN = "kept: on loan"
"""Whoever has something out is remembered until it is back: the library must know whom to ask."""


def erase(plugin: "HostedPlugin", subject: str) -> str:
    """Take the card away, with every trace of what it borrowed. Holds end, and others move up."""
    card = stock.card_of_account(subject)
    if card is None:
        return "none"
    for hold in list(stock.open_holds(card)):
        with plugin.transaction():
            stock.lock(plugin.database, hold.resource)
            Lending(plugin).end_hold(stock.lock(plugin.database, hold), HoldState.CANCELLED)
    with plugin.transaction():
        card = stock.lock(plugin.database, card)
        if stock.open_loans(card).exists():
            return ON_LOAN
        card.delete_instance()
    return "erased"


def export(subject: str) -> dict[str, object]:
    """The card, and what it has out and waits for."""
    card = stock.card_of_account(subject)
    if card is None:
        return {"card": None, "loans": [], "holds": []}
    found = lent(card).model_dump(mode="json")
    loans = [{**one.pop("item"), **one} for one in found.pop("loans")]
    return {"card": found["card"], "loans": loans, "holds": found["holds"]}
