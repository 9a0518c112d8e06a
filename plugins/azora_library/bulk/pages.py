"""The pages of bulk edits: say what changes, look at it, follow it, undo it."""

from azora import Form, Page, Part
from azora_library.catalogue.access import MANAGE
from azora_library.custom.pages import DECLARED

EDITS = "/library/bulk-edits"

PAGES = (
    Page(
        EDITS,
        "Bulk edits",
        "bulk_edits.html",
        permission=MANAGE,
        parts={"edits": Part("list_bulk_edits")},
    ),
    Page(
        f"{EDITS}/add",
        "Edit many at once",
        "bulk_add.html",
        permission=MANAGE,
        parts={
            "found": Part("search", {"limit": 50}),
            "types": Part("list_types"),
            **DECLARED,
        },
        forms={"prepare": Form("prepare_bulk_edit", then=f"{EDITS}/{{id}}")},
    ),
    Page(
        f"{EDITS}/{{edit}}",
        "Bulk edit",
        "bulk_edit.html",
        permission=MANAGE,
        parts={
            "bulk": Part("read_bulk_edit"),
            "records": Part("list_bulk_records"),
            "types": Part("list_types"),
            **DECLARED,
        },
        forms={
            "apply": Form("apply_bulk_edit", then=f"{EDITS}/{{edit}}"),
            "undo": Form("undo_bulk_edit", then=f"{EDITS}/{{edit}}"),
            "discard": Form("discard_bulk_edit", then=f"{EDITS}?notice=removed"),
        },
    ),
)
