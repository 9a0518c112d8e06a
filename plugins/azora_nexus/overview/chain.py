"""The causal chain of one event: up to what began it, down to all that came of it, with who handled what."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from azora.events.desk_contracts import SettledDelivery
from azora_nexus.journal.models import EventRow
from azora_nexus.journal.reading import moment
from azora_nexus.overview.contracts import Link

HIGHEST, MOST = 50, 150
"""Steps upwards, and events of one chain that are shown."""


def origin(event: EventRow, shown: Any) -> EventRow:
    """The first event of the chain, as far as the index shows it."""
    for _ in range(HIGHEST):
        above = EventRow.get_or_none(EventRow.id == event.cause, shown) if event.cause else None
        if above is None:
            return event
        event = above
    return event


def descendants(first: EventRow, shown: Any) -> tuple[list[EventRow], bool]:
    """The event and all that it led to, each behind its cause; and whether that is not all of them."""
    found, frontier = [first], [first.id]
    while frontier and len(found) < MOST:
        room = MOST - len(found)
        caused = EventRow.select().where(EventRow.cause.in_(frontier), shown)
        below = list(caused.order_by(EventRow.place).limit(room + 1))
        found += below[:room]
        if len(below) > room:
            return found, True
        frontier = [row.id for row in below]
    return found, False


def links(
    events: Sequence[EventRow], deliveries: Iterable[SettledDelivery], asked: str
) -> list[Link]:
    """The steps in the order in which a tree is read: an event, its deliveries, what each led to."""
    handled: dict[str, list[SettledDelivery]] = defaultdict(list)
    for delivery in deliveries:
        handled[delivery.event].append(delivery)
    caused: dict[str, list[EventRow]] = defaultdict(list)
    for event in events[1:]:
        caused[event.cause or ""].append(event)
    found: list[Link] = []

    def draw(event: EventRow, parent: int | None) -> None:
        place = len(found)
        found.append(_event(event, parent, asked))
        rest = list(caused[event.id])
        for delivery in handled[event.id]:
            step = len(found)
            found.append(_delivery(delivery, place))
            mine = [one for one in rest if one.source == delivery.plugin]
            for one in mine:
                rest.remove(one)
                draw(one, step)
        for one in rest:
            draw(one, place)

    draw(events[0], None)
    return found


def _event(event: EventRow, parent: int | None, asked: str) -> Link:
    return Link(
        kind="event",
        parent=parent,
        id=event.id,
        name=event.type,
        state="told",
        at=moment(event.at),
        milliseconds=0,
        asked=event.id == asked,
    )


def _delivery(delivery: SettledDelivery, parent: int) -> Link:
    return Link(
        kind="delivery",
        parent=parent,
        id=delivery.event,
        name=f"{delivery.plugin}.{delivery.handler}",
        state=delivery.state,
        at=delivery.changed,
        milliseconds=round((delivery.changed - delivery.told).total_seconds() * 1000, 1),
        asked=False,
    )
