"""The page of one's drafts."""

from azora import Form, Page, Part
from azora_library.catalogue.access import MANAGE

PAGES = (
    Page(
        "/library/drafts",
        "Your drafts",
        "drafts.html",
        permission=MANAGE,
        parts={"drafts": Part("list_drafts")},
        forms={"discard": Form("discard_draft", then="/library/drafts?notice=discarded")},
    ),
)
