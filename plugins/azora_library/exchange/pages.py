"""Exchange's pages: a record in each of its forms, and its citations."""

from azora import Page, Part
from azora_library.exchange.writers import WRITERS

ALTERNATES = {
    writer.media_type: f"/library/{{id}}.{writer.ending}"
    for writer in WRITERS.values()
    if writer.media_type not in ("application/xml", "text/csv")
}
"""By media type, for the page of a resource: `Accept: application/x-bibtex` leads to its BibTeX."""

DESCRIBED = Part("write_resource", {"format": "jsonld"})
"""A resource as search engines read it in its page."""

RECORDS = tuple(
    Page(
        f"/library/{{id}}.{writer.ending}",
        writer.name,
        "",
        parts={"record": Part("write_resource", {"format": writer.ending})},
    )
    for writer in WRITERS.values()
)
PAGES = (
    *RECORDS,
    Page(
        "/library/{id}/cite",
        "Cite",
        "cite.html",
        parts={
            "resource": Part("read_resource", {"count": False}),
            "citations": Part("cite_resource"),
        },
    ),
)
