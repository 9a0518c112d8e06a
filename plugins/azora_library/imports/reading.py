"""The file of an import: which format it is, how it is read, and its first records for a look."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from azora.errors import FieldError, Invalid
from azora_library.custom.columns import own_columns
from azora_library.exchange import table
from azora_library.exchange.formats import BY_NAME, Reader
from azora_library.exchange.records import Read, Refused
from azora_library.imports import contracts, rows
from azora_library.imports.models import ImportRow

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

TABLE = "CSV"
NOTHING = "-"
LOOKED_AT = 20
EXAMPLES = 3
FIELDS = (NOTHING, *table.FIELDS)


@contextmanager
def opened(hosted: "HostedPlugin", row: ImportRow) -> Iterator[BinaryIO]:
    """The file of an import, from its beginning."""
    with hosted.files.local(rows.file_of(row)) as path, path.open("rb") as stream:
        yield stream


def reader_of(row: ImportRow) -> Reader:
    """How its records are read; a table by what its columns were said to hold."""
    if row.format != TABLE:
        return BY_NAME[row.format].read
    return table.reader(as_fields(row.mapping) if row.mapping else None, own_columns())


def as_fields(mapping: dict[str, str]) -> dict[str, str]:
    """A mapping as tables are read by it."""
    return {
        heading: table.IGNORED if field == NOTHING else field for heading, field in mapping.items()
    }


def found_mapping(columns: list[str]) -> contracts.FoundMapping:
    """What columns hold: as somebody said of the same headings, else as they read."""
    known = rows.remembered(columns)
    own = own_columns()
    guessed = {heading: field or NOTHING for heading, field in table.guess(columns, own).items()}
    return contracts.FoundMapping(
        mapping=known or guessed, remembered=known is not None, own=dict(own.several)
    )


def check_mapping(mapping: dict[str, str], own: Iterable[str]) -> None:
    """Raise Invalid for a field that no record has, that two columns hold, or where no column is the title."""
    fields = (*FIELDS, *own)
    problems = [
        FieldError(
            field=f"mapping.{heading}", code="library.unknown_field",
            detail=f"{field} is no field: {', '.join(fields)}.",
        )
        for heading, field in mapping.items()
        if field not in fields
    ]  # fmt: skip
    chosen = [field for field in mapping.values() if field != NOTHING]
    twice = sorted({field for field in chosen if chosen.count(field) > 1})
    if not problems and (twice or "title" not in chosen):
        said = f"Two columns hold {twice[0]}." if twice else "No column holds the title."
        problems = [FieldError(field="mapping", code="library.unknown_field", detail=said)]
    if problems:
        first = problems[0]["detail"]
        raise Invalid(first, code="library.unknown_field", fields=problems)


def preview(stream: BinaryIO, row: ImportRow) -> contracts.Preview:
    """The first records as they would come in, and of a table its columns."""
    records = [_seen(one) for one in islice(reader_of(row)(stream, row.encoding), LOOKED_AT)]
    if row.format != TABLE:
        return contracts.Preview(records=records)
    stream.seek(0)
    columns = table.columns_of(stream, row.encoding)
    found = found_mapping(columns)
    mapping = row.mapping or found.mapping
    examples = table.examples(stream, row.encoding, EXAMPLES)
    return contracts.Preview(
        records=records,
        columns=[
            contracts.Column(
                heading=heading,
                field=mapping.get(heading, NOTHING),
                examples=examples.get(heading, []),
            )
            for heading in columns
        ],
        fields=[*FIELDS, *found.own],
        remembered=found.remembered,
    )


def _seen(one: Read | Refused) -> contracts.PreviewRecord:
    if isinstance(one, Refused):
        return contracts.PreviewRecord(number=one.number, key=one.key, problem=one.reason)
    record = one.record
    return contracts.PreviewRecord(
        number=one.number, key=one.key, title=record.title, authors=record.authors[:3],
        year=record.year, type=record.type,
    )  # fmt: skip
