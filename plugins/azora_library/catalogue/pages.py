"""The catalogue's pages: a resource, and the forms that add, edit and remove one."""

from azora import Drafts, Form, Page, Part
from azora_library.catalogue.access import MANAGE
from azora_library.circulation.pages import COPIES, HOLDING
from azora_library.custom.pages import DECLARED
from azora_library.discovery.pages import RELATED, TYPES
from azora_library.exchange.pages import ALTERNATES, DESCRIBED
from azora_library.reading.pages import CAPTIONS, LINKING
from azora_library.shelves.pages import KEEPING, OWN_SHELVES
from azora_library.subjects.pages import WAY

UNCOUNTED = Part("read_resource", {"count": False})

PAGES = (
    Page(
        "/library/add",
        "Add a resource",
        "add.html",
        permission=MANAGE,
        parts={"looked_up": Part("look_up"), **TYPES, **DECLARED},
        forms={"add": Form("add_resource", then="/library/{id}?notice=added", drafts=Drafts())},
    ),
    Page(
        "/library/{id}",
        "Resource",
        "resource.html",
        addresses="list_addresses",
        parts={
            "resource": Part("read_resource"),
            "own_request": Part("read_own_request"),
            "described": DESCRIBED,
            **WAY,
            **TYPES,
            **DECLARED,
            **COPIES,
            **OWN_SHELVES,
            **CAPTIONS,
            **RELATED,
        },
        forms={
            "ask": Form("ask_for_access", then="/library/{id}?notice=sent"),
            **HOLDING,
            **KEEPING,
            **LINKING,
        },
        alternates=ALTERNATES,
        data="described",
    ),
    Page(
        "/library/{id}/edit",
        "Edit",
        "edit.html",
        permission=MANAGE,
        parts={"resource": UNCOUNTED, **TYPES, **DECLARED},
        forms={
            "edit": Form(
                "replace_resource",
                then="/library/{id}?notice=saved",
                drafts=Drafts(clash="/library/{id}/merge?draft={draft}"),
            ),
            "upload": Form("upload_file", then="/library/{id}?notice=saved"),
        },
    ),
    Page(
        "/library/{id}/delete",
        "Remove",
        "delete.html",
        permission=MANAGE,
        parts={"resource": UNCOUNTED},
        forms={"remove": Form("remove_resource", then="/library?notice=removed")},
    ),
)
