"""The pages of the search: what is found, and every value of a facet."""

from azora import Form, Page, Part

TYPES = {"types": Part("list_types")}
RELATED = {"related": Part("list_related")}
FACET_VALUES = 60

PAGES = (
    Page(
        "/library",
        "Library",
        "library.html",
        parts={"found": Part("search"), **TYPES, "fields": Part("list_fields")},
        forms={"save": Form("save_search", then="/library/searches?notice=saved")},
        nav=10,
    ),
    Page(
        "/library/by-{facet}",
        "Values",
        "facet.html",
        parts={
            "values": Part("list_facet", {"limit": FACET_VALUES}),
            **TYPES,
            "fields": Part("list_fields"),
        },
    ),
)
