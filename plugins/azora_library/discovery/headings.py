"""Headings: the authors, tags and publishers under which resources are filed, each kept once.

A heading's id is made from what it says, so that filing needs no look-up. A collection, or whatever
else readers should narrow by, becomes one more kind.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from azora_library.discovery import text
from azora_library.discovery.known import known_of

if TYPE_CHECKING:
    from azora.data.database import PluginDatabase

KINDS = {"author": 1, "tag": 2, "publisher": 3}
HAS_FIELD = 4
"""The kind of the headings that say which of the campus's own fields a resource has."""
FIRST_FIELD = 100
"""The kind of the values of a declared field is its number above this one."""
LONGEST_KEY = 80


class Heading(NamedTuple):
    """`sort_key` sorts and begins as a list of the kind does, `spoken` as people say it; both are folded."""

    id: int
    kind: int
    value: str
    sort_key: str
    spoken: str


@lru_cache(8192)
def plain(kind: str, value: str) -> Heading:
    """A heading that is looked for by its beginning."""
    key = " ".join(text.words(value))[:LONGEST_KEY]
    return Heading(heading_id(kind, value), KINDS.get(kind, HAS_FIELD), value, key, key)


def of_field(number: int, value: str) -> Heading:
    """A value of a declared field."""
    kind, key = FIRST_FIELD + number, field_key(value)
    return Heading(field_heading(number, value), kind, value, key, key)


def field_heading(number: int, value: str) -> int:
    return heading_id(f"field {number}", value)


def field_key(value: str) -> str:
    """What the values of a declared field are looked for by: the same however they are written."""
    return (" ".join(text.words(value)) or text.fold(value))[:LONGEST_KEY]


@lru_cache(8192)
def author(name: str) -> Heading:
    """An author, to be found by family name and by given name: `Plaatje, Sol T.`, `Sol T. Plaatje`."""
    family, comma, given = name.partition(",")
    words = text.words(family)
    if comma:
        turned, spoken = words + text.words(given), text.words(given) + words
    else:
        turned, spoken = words[-1:] + words[:-1], words
    key, said = (" ".join(order)[:LONGEST_KEY] for order in (turned, spoken))
    return Heading(heading_id("author", name), KINDS["author"], name, key, said)


def heading_id(kind: str, value: str) -> int:
    """64 bits that this heading alone has."""
    digest = hashlib.blake2b(f"{kind}\0{value}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def file(
    database: "PluginDatabase",
    filed: Sequence[tuple[int, Sequence[Heading]]],
    changed: Sequence[int] = (),
) -> None:
    """File resources under their headings; what the `changed` ones were filed under is forgotten."""
    if changed:
        database.execute_many(
            "DELETE FROM library_filing WHERE resource = ?", [(number,) for number in changed]
        )
    _keep(database, {heading.id: heading for _, some in filed for heading in some})
    rows = {(number, heading.kind, heading.id) for number, some in filed for heading in some}
    if rows:
        database.execute_many(
            "INSERT INTO library_filing (resource, kind, heading) VALUES (?, ?, ?)", sorted(rows)
        )


def _keep(database: "PluginDatabase", headings: dict[int, Heading]) -> None:
    """Write the headings that may be new, in one order for everybody, so that nobody deadlocks."""
    known = known_of(database, "headings")
    fresh = sorted(headings.keys() - known.values)
    if fresh:
        database.execute_many(
            "INSERT INTO library_heading (id, kind, value, sort_key, spoken) "
            "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [headings[id] for id in fresh],
        )
        database.after_commit(lambda: known.add(fresh))
