"""Which resource refers to which: by DOI, ISBN or id, whether the other is here yet or comes later."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from azora_library import domain

if TYPE_CHECKING:
    from azora.data.database import PluginDatabase
    from azora_library.catalogue.models import ResourceRow

REFERRING = {"References", "Cites", "IsDerivedFrom", "Reviews", "IsSupplementTo", "Continues"}
"""Relations, in DataCite's words, by which the one names a work that it builds on."""

_UUID = 36


def cited_in(details: Mapping[str, Any]) -> list[str]:
    """What the details of a resource refer to, as `identities` writes it."""
    related = (one for one in details.get("related", ()) if _refers(one))
    return list(filter(None, (_identity(one.get("identifier") or "") for one in related)))


def identities(row: "ResourceRow") -> list[str]:
    """Every name under which another resource may refer to this one."""
    doi = [f"doi:{row.doi.lower()}"] if row.doi else []
    return [f"id:{row.id}", *doi, *(f"isbn:{isbn}" for isbn in row.isbn)]


def note(
    database: "PluginDatabase",
    cited: Sequence[tuple[int, Iterable[str]]],
    changed: Sequence[int] = (),
) -> None:
    """Keep what resources refer to; what the `changed` ones referred to before is forgotten."""
    if changed:
        database.execute_many(
            "DELETE FROM library_reference WHERE resource = ?", [(number,) for number in changed]
        )
    rows = sorted({(number, target) for number, targets in cited for target in targets})
    if rows:
        database.execute_many(
            "INSERT INTO library_reference (resource, target) VALUES (?, ?)", rows
        )


def _refers(related: Mapping[str, Any]) -> bool:
    return related.get("relation", "References") in REFERRING


def _identity(identifier: str) -> str | None:
    if doi := domain.doi(identifier):
        return f"doi:{doi}"
    if isbn := domain.isbn13(identifier):
        return f"isbn:{isbn}"
    last = identifier.rstrip("/").rpartition("/")[2]
    return f"id:{last}" if len(last) == _UUID and last.count("-") == 4 else None
