"""What the library adds to the campus's own pages: what is new in it, and what a search finds."""

from azora import Panel

PANELS = (
    Panel(
        "new",
        "New in the library",
        "list_resources",
        "/library/{id}",
        facts=("authors", "year"),
        more="/library?sort=newest",
    ),
    Panel(
        "search",
        "Library",
        "search",
        "/library/{id}",
        facts=("authors", "year"),
        more="/library?query={query}",
    ),
)
