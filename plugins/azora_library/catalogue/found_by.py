"""What a resource is found and sorted by, from what its row says."""

from collections.abc import Iterator, Mapping

from azora_library.catalogue import access
from azora_library.catalogue.details import words_of
from azora_library.catalogue.models import ResourceRow
from azora_library.custom.reading import Declared, texts
from azora_library.discovery import findable, headings, text
from azora_library.discovery.references import cited_in

TITLE_KEY = 80
"""Characters by which titles sort; a cursor holds them."""


def title_key(row: ResourceRow) -> str:
    return " ".join(text.words(row.title))[:TITLE_KEY]


def findable_of(
    row: ResourceRow, declared: Mapping[str, Declared], *, new: bool = False
) -> findable.Findable:
    """What a resource is found by, its own fields as they are declared."""
    public_file = row.file_access == access.PUBLIC and not row.embargo_until
    about = [
        row.category,
        *row.isbn,
        *row.issn,
        row.doi,
        row.file_name if public_file else None,
        *words_of(row.details),
        *_words_of_fields(row, declared),
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
        filed=list(_filed(row, declared)),
        new=new,
    )


def _words_of_fields(row: ResourceRow, declared: Mapping[str, Declared]) -> Iterator[str]:
    """The words of its own fields that everybody may search in."""
    for name, value in row.custom.items():
        field = declared.get(name)
        if field and field.searchable and field.public and field.kind != "boolean":
            yield from texts(value)


def _filed(row: ResourceRow, declared: Mapping[str, Declared]) -> Iterator[headings.Heading]:
    """That it has a field, and under which values of those that narrow a search."""
    for name, value in row.custom.items():
        yield headings.plain("field", name)
        field = declared.get(name)
        if field and field.facet and field.public:
            yield from (headings.of_field(field.number, one) for one in texts(value))
