"""The pages of imports: bring a file, and see one import through."""

from azora import Form, Page, Part
from azora_library.catalogue.access import MANAGE

ONE = "/library/imports/{id}"

PAGES = (
    Page(
        "/library/imports",
        "Imports",
        "imports.html",
        permission=MANAGE,
        parts={"imports": Part("list_imports")},
        forms={"upload": Form("upload_import", then=ONE)},
    ),
    Page(
        ONE,
        "Import",
        "import.html",
        permission=MANAGE,
        parts={
            "run": Part("read_import"),
            "preview": Part("preview_import"),
            "left": Part("list_kept"),
        },
        forms={
            "map": Form("map_import", then=f"{ONE}?notice=saved"),
            "start": Form("start_import", then=ONE),
            "cancel": Form("cancel_import", then=ONE),
            "undo": Form("undo_import", then=ONE),
        },
    ),
)
