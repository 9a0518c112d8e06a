"""The pages of reading: a book in the browser, a film's captions, and files that are damaged."""

from azora import Form, Page, Part
from azora_library.catalogue.access import MANAGE

UNCOUNTED = Part("read_resource", {"count": False})
CAPTIONS = {"captions": Part("list_captions")}
LINKING = {"link": Form("link_to_file", then="")}

PAGES = (
    Page("/library/{id}/read", "Read", "read.html", parts={"leaf": Part("read_leaf")}),
    Page(
        "/library/{id}/captions",
        "Captions",
        "captions.html",
        permission=MANAGE,
        parts={"resource": UNCOUNTED, **CAPTIONS},
        forms={
            "save": Form("save_caption", then="/library/{id}/captions?notice=saved"),
            "remove": Form("remove_caption", then="/library/{id}/captions?notice=removed"),
        },
    ),
    Page(
        "/library/damaged-files",
        "Damaged files",
        "damaged_files.html",
        permission=MANAGE,
        parts={"files": Part("list_damaged_files")},
    ),
)
