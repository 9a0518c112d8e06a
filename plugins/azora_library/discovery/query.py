"""What a reader may write into a search: words, "phrases", -exclusions and fields. Never an error.

    query  =  { term }
    term   =  [ "-" ] [ field ":" ] ( phrase | word [ "*" ] )
    phrase =  '"' words in a row '"'
    field  =  title · author · subject · text · isbn · issn · doi · year · language · type,
              and each field of this campus that narrows a search
    year   =  1930 · 1920-1930 · 1920.. · ..1930

Every term must be found, but what a `-` excludes; the last word may be unfinished. Whatever does not
fit is read as plain words.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from azora_library import domain
from azora_library.discovery import text
from azora_library.discovery.excerpts import Marks
from azora_library.discovery.headings import field_key

MOST_WORDS = 16
"""Words of a query that count."""

COLUMNS = {
    "title": "title", "isihloko": "title",
    "author": "authors", "umbhali": "authors",
    "subject": "subjects", "tag": "subjects", "publisher": "subjects",
    "isbn": "subjects", "issn": "subjects", "doi": "subjects",
    "text": "content",
}  # fmt: skip
"""The column of the index that a field looks into, also under its name in isiZulu."""

_LIMITS = {"year": "year", "unyaka": "year", "language": "language", "type": "type"}
OWN_FIELDS = frozenset({*COLUMNS, *_LIMITS})
"""The names that a query knows by itself."""
_TERM = re.compile(
    r'(?P<minus>(?<!\S)-)?(?:(?P<field>[^\W\d_]\w*):\s*)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))'
)
_YEARS = re.compile(r"(?P<first>-?\d{1,4})?(?P<span>\.\.|(?<=\d)[-–])?(?P<last>-?\d{1,4})?")
_ISBN = re.compile(r"\s*(isbn[:\s]*)?[\d\- ]{9,17}[\dxX]?\s*", re.IGNORECASE)
_QUOTES = str.maketrans(dict.fromkeys("“”„«»", '"'))


class Clause(NamedTuple):
    """Words that must stand in a row, anywhere or in one column; `variants` will do for a single one."""

    words: tuple[str, ...]
    column: str | None = None
    prefix: bool = False
    variants: tuple[str, ...] = ()


class Limit(NamedTuple):
    """What must be so of the record itself: its year between two, its language, its type."""

    name: str
    first: int | str | None
    last: int | str | None
    excluded: bool = False


class Query(NamedTuple):
    """What a reader looks for, what they exclude, and what must be so besides."""

    wanted: tuple[Clause, ...] = ()
    excluded: tuple[Clause, ...] = ()
    limits: tuple[Limit, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.wanted or self.excluded or self.limits)

    def marks(self) -> Marks:
        """What to mark in the texts that it finds."""
        whole = {word for clause in self.wanted for word in (*clause.words, *clause.variants)}
        return Marks(whole, {clause.words[-1] for clause in self.wanted if clause.prefix})

    def with_variants(self, variants: Mapping[str, tuple[str, ...]]) -> "Query":
        """The query that other words will do for as well."""
        wanted = tuple(
            clause._replace(variants=variants.get(clause.words[0], ()))
            if len(clause.words) == 1
            else clause
            for clause in self.wanted
        )
        return self._replace(wanted=wanted)


def read(query: str, fields: Collection[str] = ()) -> Query:
    """The query as its grammar has it; `fields` are those that the campus declares to narrow by.

    A query that is an ISBN looks for that, however it is written.
    """
    if _ISBN.fullmatch(query) and (isbn := domain.isbn13(query)):
        return Query((Clause((isbn,)),))
    wanted: list[Clause] = []
    excluded: list[Clause] = []
    limits: list[Limit] = []
    unfinished = False
    for term in _TERM.finditer(query.translate(_QUOTES)):
        into = excluded if term["minus"] else wanted
        if limit := _limit(term, fields):
            limits.append(limit)
        clauses = [] if limit else list(_clauses(term))
        into += clauses
        if clauses or limit:
            unfinished = into is wanted and bool(clauses) and term["phrase"] is None
    wanted = wanted[:MOST_WORDS]
    if unfinished and len(wanted[-1].words) == 1:
        wanted[-1] = wanted[-1]._replace(prefix=True)
    return Query(tuple(wanted), tuple(excluded[:MOST_WORDS]), tuple(limits[:MOST_WORDS]))


def _clauses(term: re.Match[str]) -> Iterator[Clause]:
    """The words of a term: in a row where they are quoted, else each for itself."""
    field = (term["field"] or "").casefold()
    said = term["phrase"] if term["phrase"] is not None else term["word"]
    column = COLUMNS.get(field)
    if field and column is None:
        yield from (Clause((word,)) for word in text.words(field))
    if column == "subjects" and (number := _number(field, said)):
        yield Clause(tuple(text.words(number)), column)
        return
    words = text.words(said)[:MOST_WORDS]
    if term["phrase"] is not None:
        if words:
            yield Clause(tuple(words), column)
        return
    for place, word in enumerate(words, 1):
        yield Clause((word,), column, prefix=place == len(words) and said.endswith("*"))


def _number(field: str, said: str) -> str | None:
    """The identifier as the catalogue writes it."""
    readers = {"isbn": domain.isbn13, "issn": domain.issn, "doi": domain.doi}
    return readers[field](said) if field in readers else None


def _limit(term: re.Match[str], fields: Collection[str]) -> Limit | None:
    field, excluded = (term["field"] or "").casefold(), bool(term["minus"])
    said = term["word"] or ""
    if field in fields and (value := field_key(said or term["phrase"] or "")):
        return Limit(field, value, value, excluded)
    name = _LIMITS.get(field)
    if name is None or not said:
        return None
    if name == "year":
        return _years(said, excluded)
    value = said.upper() if name == "type" else said.lower()
    return Limit(name, value, value, excluded)


def _years(said: str, excluded: bool) -> Limit | None:
    found = _YEARS.fullmatch(said)
    if not found or not (found["first"] or found["last"]):
        return None
    first = int(found["first"]) if found["first"] else None
    last = int(found["last"]) if found["last"] else None
    return Limit("year", first, last if found["span"] else first, excluded)
