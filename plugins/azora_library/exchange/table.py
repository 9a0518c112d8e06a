"""Tables (CSV): what stands in which column, guessed from the headings, changed by people, remembered."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, BinaryIO

from azora.errors import Invalid
from azora_library import domain
from azora_library.custom.columns import NONE, OwnColumns, cells_of, plain, said_in
from azora_library.exchange import names
from azora_library.exchange.records import (
    Read,
    Refused,
    checked,
    clean,
    digest_key,
    language_code,
    told,
)
from azora_library.exchange.work import Work

MEDIA_TYPE = "text/csv"
LARGEST = 1_000_000
"""Characters of one row."""
MOST_COLUMNS = 200

FIELDS = (
    "key", "title", "subtitle", "type", "authors", "content", "category", "tags", "language",
    "year", "publisher", "place", "isbn", "issn", "doi", "link", "edition", "series", "container",
    "volume", "issue", "pages", "rights",
)  # fmt: skip
"""What a column may hold."""
IGNORED = ""
_FORMULA = re.compile(r"'*[=+\-@\t]")

_HEADINGS = {
    "key": "id number recordid accession accessionno accessionnumber identifier barcode controlnumber",
    "title": "name maintitle booktitle titel isihloko",
    "type": "kind format materialtype itemtype resourcetype",
    "authors": "author creator creators writer by contributor contributors umbhali authorname",
    "content": "abstract description summary notes annotation",
    "category": "class classification section collection genre shelf dewey",
    "tags": "subject subjects keywords keyword topics tag",
    "language": "lang languagecode ulimi",
    "year": "date published publicationyear pubdate publicationdate yearpublished copyright",
    "publisher": "publishername imprint press",
    "place": "placeofpublication city publicationplace",
    "isbn": "isbn13 isbn10 isbns",
    "issn": "eissn issns",
    "link": "url website web address weblink uri",
    "container": "journal journaltitle containertitle magazine source publicationtitle",
    "volume": "vol", "issue": "issuenumber no", "pages": "page pagerange", "rights": "licence license",
    "series": "seriestitle", "edition": "ed",
}  # fmt: skip
_KNOWN = {field: field for field in FIELDS} | {
    heading: field for field, headings in _HEADINGS.items() for heading in headings.split()
}
_TYPES = {label.casefold(): name for name, label in domain.TYPES.items()}

Mapped = Mapping[str, str]
"""Which field each column holds, by the column's heading; "" is nothing."""


def looks_like_table(head: bytes) -> bool:
    """Whether a file that begins so has a first line of headings of which one is known as a title."""
    try:
        columns = columns_of(io.BytesIO(head), None)
    except Invalid:
        return False
    return len(columns) > 1 and "title" in guess(columns).values()


def columns_of(stream: BinaryIO, encoding: str | None) -> list[str]:
    """The headings of the first line. Raises Invalid where there are none."""
    try:
        rows = _rows(stream, encoding)
        columns = [clean(heading) for heading in next(rows, [])]
    except (csv.Error, UnicodeDecodeError) as error:
        raise Invalid(f"This is no table: {error}.", code="library.unknown_format") from None
    stream.seek(0)
    if not any(columns) or len(columns) > MOST_COLUMNS:
        raise Invalid("The first line holds no headings.", code="library.unknown_format")
    return columns


def examples(stream: BinaryIO, encoding: str | None, most: int) -> dict[str, list[str]]:
    """By heading, what stands in the first rows."""
    try:
        rows = _rows(stream, encoding)
        columns = [clean(heading) for heading in next(rows, [])]
        found: dict[str, list[str]] = {heading: [] for heading in columns}
        for row in islice(rows, most):
            for heading, cell in zip(columns, row, strict=False):
                if tidy := clean(cell)[:80]:
                    found[heading].append(tidy)
    except (csv.Error, UnicodeDecodeError):
        return {}
    return found


def guess(columns: list[str], own: OwnColumns = NONE) -> dict[str, str]:
    """What each column seems to hold; no field twice, the first heading wins."""
    mapping: dict[str, str] = {}
    for column in columns:
        heading = plain(column)
        field = _KNOWN.get(heading) or own.headings.get(heading, IGNORED)
        mapping[column] = IGNORED if field in mapping.values() else field
    return mapping


def reader(
    mapping: Mapped | None, own: OwnColumns = NONE
) -> Callable[[BinaryIO, str | None], Iterator[Read | Refused]]:
    """A reader of tables whose columns hold what `mapping` says, or else what they seem to."""

    def read(stream: BinaryIO, encoding: str | None = None) -> Iterator[Read | Refused]:
        return read_table(stream, encoding, mapping, own)

    return read


def read_table(
    stream: BinaryIO,
    encoding: str | None = None,
    mapping: Mapped | None = None,
    own: OwnColumns = NONE,
) -> Iterator[Read | Refused]:
    """Each row below the headings in turn."""
    try:
        columns = columns_of(stream, encoding)
    except Invalid as error:
        yield Refused(1, None, error.detail)
        return
    chosen = guess(columns, own) if mapping is None else mapping
    fields = [chosen.get(column, IGNORED) for column in columns]
    number = 0
    try:
        rows = _rows(stream, encoding)
        next(rows)
        for row in rows:
            if any(cell.strip() for cell in row):
                number += 1
                yield read_row(number, fields, row, own)
    except UnicodeDecodeError as error:
        bad = error.object[error.start]
        yield Refused(
            number + 1,
            None,
            f"is not {error.encoding} (byte {bad:#04x}): name the encoding of the file (--encoding)",
        )
    except csv.Error as error:
        yield Refused(number + 1, None, f"is not a sound table: {error}")


def read_row(
    number: int, fields: list[str], row: list[str], own: OwnColumns = NONE
) -> Read | Refused:
    """One row, its cells in the fields of their columns."""
    cells = dict(zip(fields, map(_unguarded, row), strict=False))
    if len(row) > len(fields) and any(cell.strip() for cell in row[len(fields) :]):
        return Refused(number, None, f"has {len(row)} cells where the headings name {len(fields)}")
    key = clean(cells.get("key", "")) or digest_key(row)
    return checked(number, key[:300], {**describe(cells), "custom": said_in(cells, own)})


def describe(cells: Mapping[str, str]) -> dict[str, Any]:
    """What a row says, as the values of our Description. Several values stand between semicolons."""

    def text(field: str) -> str:
        return clean(cells.get(field, ""))

    def several(field: str) -> list[str]:
        return [tidy for part in re.split(r"[;|\n]", cells.get(field, "")) if (tidy := clean(part))]

    link = text("link")
    subtitle = text("subtitle")
    return {
        "title": ": ".join(filter(None, [text("title"), subtitle])),
        "type": _type(text("type")),
        "content": cells.get("content", "").strip(),
        "authors": [names.spoken(name) for name in several("authors")],
        "category": text("category")[:100] or None,
        "tags": [tag[:100] for tag in several("tags")],
        "language": language_code(text("language")),
        "year": domain.year_in(text("year")),
        "publisher": text("publisher")[:300] or None,
        "isbn": _numbers(domain.isbn13, text("isbn")),
        "issn": _numbers(domain.issn, text("issn")),
        "doi": domain.doi(text("doi")),
        "link": link if re.match(r"https?://\S+$", link) else None,
        "details": told(
            {
                "titles": [{"text": subtitle, "kind": "Subtitle"}] * bool(subtitle),
                "edition": text("edition"),
                "place": text("place"),
                "series": [{"title": text("series")}] * bool(text("series")),
                "container": told(
                    {
                        "title": text("container"),
                        "volume": text("volume"),
                        "issue": text("issue"),
                        "pages": text("pages"),
                    }
                ),
                "rights": [{"text": text("rights")}] * bool(text("rights")),
            }
        ),
    }


def heading(own: OwnColumns = NONE) -> str:
    """The first line of a table that we write."""
    return ",".join([*FIELDS, *own.several]) + "\r\n"


def as_line(values: dict[str, Any], key: str, own: OwnColumns = NONE) -> str:
    """A resource as a row under `heading`. No cell can be taken for a formula by a spreadsheet."""
    work = Work(values)
    cells = {
        **{name: work.get(name) for name in FIELDS},
        **{name: work.container.get(name) for name in ("volume", "issue", "pages")},
        "key": key,
        "title": work.title,
        "subtitle": work.subtitle,
        "container": work.container.get("title"),
        "series": next((one["title"] for one in work.all("series")), None),
        "edition": work.details.get("edition"),
        "place": work.details.get("place"),
        "rights": next(
            (one.get("text") or one.get("identifier") for one in work.all("rights")), None
        ),
        **cells_of(values.get("custom") or {}, own),
    }
    line = io.StringIO()
    csv.writer(line).writerow([_cell(cells[name]) for name in (*FIELDS, *own.several)])
    return line.getvalue()


def _cell(value: Any) -> str:
    text = (
        "; ".join(map(str, value))
        if isinstance(value, list | tuple)
        else str(value if value is not None else "")
    )
    return f"'{text}" if _FORMULA.match(text) and not re.fullmatch(r"-?\d+", text) else text


def _unguarded(cell: str) -> str:
    """A cell without the mark that we set before what a spreadsheet would take for a formula."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _type(text: str) -> str:
    if text.upper() in domain.TYPES:
        return text.upper()
    return _TYPES.get(text.casefold(), domain.BOOK)


def _numbers(read: Any, text: str) -> list[str]:
    return [found for part in re.split(r"[,;|\s]+", text) if (found := read(part))]


def _rows(stream: BinaryIO, encoding: str | None) -> Iterator[list[str]]:
    """The rows, by whichever of comma, semicolon and tab stands most in the first line."""
    lines = _lines(stream, encoding or "utf-8-sig")
    first = next(lines, "")
    between = max(",;\t|", key=first.count)
    csv.field_size_limit(LARGEST)
    return csv.reader(_again(first, lines), delimiter=between, strict=True)


def _again(first: str, lines: Iterator[str]) -> Iterator[str]:
    yield first
    yield from lines


def _lines(stream: BinaryIO, encoding: str) -> Iterator[str]:
    while line := stream.readline(LARGEST + 1):
        if len(line) > LARGEST:
            raise csv.Error(f"a line is larger than {LARGEST:,} bytes")
        yield line.decode(encoding)
