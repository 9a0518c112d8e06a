"""The pages of parked events."""

from azora import Form, Page, Part
from azora_nexus.journal.contracts import READ

_ONE = "/nexus/parked/{plugin}/{handler}/{id}"

PAGES = (
    Page(
        "/nexus/parked",
        "Parked events",
        "parked.html",
        parts={"parked": Part("list_parked")},
        forms={
            "redrive": Form("redrive", then="/nexus/parked?notice=sent"),
            "redrive_all": Form("redrive_all", then="/nexus/parked?notice=sent"),
        },
        permission=READ,
    ),
    Page(
        _ONE,
        "Parked event",
        "parked_event.html",
        parts={"event": Part("read_parked")},
        forms={
            "edit": Form("edit", then="/nexus/parked?notice=sent"),
            "discard": Form("discard", then="/nexus/parked?notice=removed"),
        },
        permission=READ,
    ),
)
