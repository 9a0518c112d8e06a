"""The page on which two people's changes of a record are joined."""

from azora import Form, Page, Part
from azora_library.catalogue.access import MANAGE
from azora_library.custom.pages import DECLARED

PAGES = (
    Page(
        "/library/{id}/merge",
        "Two of you changed this",
        "merge.html",
        permission=MANAGE,
        parts={"clash": Part("read_clash"), **DECLARED},
        forms={"settle": Form("settle_clash", then="{address}")},
    ),
)
