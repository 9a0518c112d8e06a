"""The pages of the log."""

from azora import Page, Part
from azora_nexus.journal.contracts import READ

PAGES = (
    Page(
        "/nexus/events",
        "Events",
        "events.html",
        parts={"events": Part("list_events")},
        permission=READ,
    ),
    Page(
        "/nexus/events/{id}",
        "Event",
        "event.html",
        parts={"event": Part("read_event"), "chain": Part("read_chain")},
        permission=READ,
    ),
)
