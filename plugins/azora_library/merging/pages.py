"""The page on which two people's changes of a record are joined."""

from azora import Form, Page, Part
from azora_library.catalogue.access import MANAGE

PAGES = (
    Page(
        "/library/{id}/merge",
        "Two of you changed this",
        "merge.html",
        permission=MANAGE,
        parts={"clash": Part("read_clash")},
        forms={"settle": Form("settle_clash", then="{address}")},
    ),
)
