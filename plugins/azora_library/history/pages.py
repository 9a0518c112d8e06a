"""The page on which a resource's history is read, compared and taken back."""

from azora import Form, Page, Part
from azora_library.custom.pages import DECLARED

PAGES = (
    Page(
        "/library/{id}/history",
        "History",
        "history.html",
        parts={
            "versions": Part("list_versions"),
            "compared": Part("compare_versions"),
            "resource": Part("read_resource", {"count": False}),
            **DECLARED,
        },
        forms={"restore": Form("restore_version", then="/library/{id}?notice=saved")},
    ),
)
