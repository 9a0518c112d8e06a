"""What a resource is found and sorted by, from what its row says."""

from azora_library.catalogue import access
from azora_library.catalogue.details import words_of
from azora_library.catalogue.models import ResourceRow
from azora_library.discovery import findable, text
from azora_library.discovery.references import cited_in

TITLE_KEY = 80
"""Characters by which titles sort; a cursor holds them."""


def title_key(row: ResourceRow) -> str:
    return " ".join(text.words(row.title))[:TITLE_KEY]


def findable_of(row: ResourceRow, *, new: bool = False) -> findable.Findable:
    """What a resource is found by."""
    public_file = row.file_access == access.PUBLIC and not row.embargo_until
    about = [
        row.category,
        *row.isbn,
        *row.issn,
        row.doi,
        row.file_name if public_file else None,
        *words_of(row.details),
    ]
    return findable.Findable(
        number=row.number,
        title=row.title,
        authors=row.authors,
        tags=row.tags,
        publisher=row.publisher,
        about=list(filter(None, about)),
        content=row.content,
        cites=cited_in(row.details),
        new=new,
    )
