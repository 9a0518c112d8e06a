"""The pages of types of events."""

from azora import Page, Part
from azora_nexus.journal.contracts import READ

PAGES = (
    Page(
        "/nexus/types",
        "Types of events",
        "types.html",
        parts={"types": Part("list_types")},
        permission=READ,
    ),
    Page(
        "/nexus/types/{type}",
        "Type of event",
        "type.html",
        parts={"kind": Part("read_type")},
        permission=READ,
    ),
)
