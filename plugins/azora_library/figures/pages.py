"""The page of figures."""

from azora import Page, Part
from azora_library.catalogue.access import MANAGE
from azora_library.discovery.pages import TYPES

PAGES = (
    Page(
        "/library/figures",
        "Figures",
        "figures.html",
        permission=MANAGE,
        nav=16,
        summary="How much the library is used",
        parts={
            "figures": Part("list_figures"),
            "most_used": Part("search", {"sort": "used", "limit": 20}),
            **TYPES,
        },
    ),
)
