"""The pages of saved searches: all of them, and what is new in one."""

from azora import Form, Page, Part
from azora_library.discovery.pages import TYPES
from azora_library.saved.service import SAVE

HERE = "/library/searches"

PAGES = (
    Page(
        HERE,
        "Saved searches",
        "searches.html",
        permission=SAVE,
        nav=15,
        summary="What you look for again and again, and what is new in it",
        parts={"searches": Part("list_searches", {"limit": 100}), **TYPES},
        forms={
            "update": Form("update_search", then=f"{HERE}?notice=saved"),
            "remove": Form("remove_search", then=f"{HERE}?notice=removed"),
            "feed": Form("make_feed", then=""),
            "revoke": Form("revoke_feed", then=f"{HERE}?notice=removed"),
        },
    ),
    Page(
        f"{HERE}/{{search}}.atom",
        "Feed",
        "",
        parts={"feed": Part("read_feed")},
    ),
    Page(
        f"{HERE}/{{search}}",
        "New results",
        "new_results.html",
        permission=SAVE,
        parts={"new": Part("read_new"), **TYPES},
        forms={"seen": Form("mark_seen", then=f"{HERE}/{{search}}?notice=saved")},
    ),
)
