"""The pages of categories and tags."""

from azora import Form, Page, Part

CATEGORIES, TAGS = "/library/categories", "/library/tags"
HERE = f"{CATEGORIES}/{{id}}"
WAY = {"way": Part("list_way")}
MOVES = {"moves": Part("list_moves")}

PAGES = (
    Page(
        CATEGORIES,
        "Categories",
        "categories.html",
        nav=12,
        summary="The library by subject",
        parts={"branch": Part("browse_categories"), **MOVES},
        forms={
            "add": Form("add_category", then=f"{HERE}?notice=added"),
            "import": Form("import_classification", then=f"{CATEGORIES}?notice=added"),
        },
    ),
    Page(
        HERE,
        "Category",
        "category.html",
        parts={
            "branch": Part("browse_categories"),
            "found": Part("list_category"),
            **MOVES,
        },
        forms={
            "add": Form("add_category", then=f"{HERE}?notice=added"),
            "change": Form("update_category", then=f"{HERE}?notice=saved"),
            "move": Form("move_category", then=f"{HERE}?notice=saved"),
            "merge": Form("merge_categories", then=f"{HERE}?notice=saved"),
            "remove": Form("remove_category", then=f"{CATEGORIES}?notice=removed"),
        },
    ),
    Page(
        TAGS,
        "Tags",
        "tags.html",
        summary="Every tag in use",
        parts={"tags": Part("list_tags", {"limit": 100}), **MOVES},
        forms={
            "merge": Form("merge_tags", then=f"{TAGS}?notice=saved"),
            "remove": Form("remove_tags", then=f"{TAGS}?notice=removed"),
        },
    ),
)
