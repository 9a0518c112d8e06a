"""The page on which a resource's history is read, compared and taken back."""

from azora import Form, Page, Part

PAGES = (
    Page(
        "/library/{id}/history",
        "History",
        "history.html",
        parts={
            "versions": Part("list_versions"),
            "compared": Part("compare_versions"),
            "resource": Part("read_resource", {"count": False}),
        },
        forms={"restore": Form("restore_version", then="/library/{id}?notice=saved")},
    ),
)
