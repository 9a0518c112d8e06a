"""The pages of shelves: all collections, one's own lists, and a single shelf."""

from azora import Form, Page, Part
from azora_library.catalogue.access import MANAGE
from azora_library.shelves.service import KEEP

COLLECTIONS, LISTS = "/library/collections", "/library/reading-lists"
OWN_SHELVES = {"own_shelves": Part("list_own_shelves", {"limit": 100})}
KEEPING = {"keep": Form("keep_for_reading", then=f"{LISTS}/{{id}}?notice=added")}


def _shelf(under: str, title: str) -> Page:
    """One shelf: a collection and a reading list look the same."""
    here = f"{under}/{{shelf}}"
    return Page(
        here,
        title,
        "shelf.html",
        parts={"page": Part("read_shelf")},
        forms={
            "change": Form("update_shelf", then=f"{here}?notice=saved"),
            "remove": Form("remove_shelf", then=f"{under}?notice=removed"),
            "move": Form("move_on_shelf", then=here),
            "take_off": Form("take_off_shelf", then=f"{here}?notice=removed"),
            "note": Form("put_on_shelf", then=f"{here}?notice=saved"),
            "progress": Form("note_progress", then=here),
        },
    )


PAGES = (
    Page(
        COLLECTIONS,
        "Collections",
        "collections.html",
        nav=11,
        summary="What our librarians have put together",
        parts={"collections": Part("list_collections")},
    ),
    Page(
        f"{COLLECTIONS}/add",
        "Begin a collection",
        "add_collection.html",
        permission=MANAGE,
        forms={"add": Form("add_collection", then=f"{COLLECTIONS}/{{id}}?notice=added")},
    ),
    Page(
        LISTS,
        "Reading lists",
        "reading_lists.html",
        permission=KEEP,
        nav=13,
        summary="What you mean to read, in your order",
        parts={"lists": Part("list_reading_lists")},
        forms={"add": Form("add_reading_list", then=f"{LISTS}/{{id}}?notice=added")},
    ),
    _shelf(COLLECTIONS, "Collection"),
    _shelf(LISTS, "Reading list"),
)
