"""Versions as rows: kept when a resource changes, compared as texts, and taken up again."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import yaml

from azora.errors import NotFound
from azora_library.catalogue.models import ResourceRow
from azora_library.custom.reading import spoken
from azora_library.history.models import VersionRow

DESCRIPTION = (
    "title", "type", "authors", "content", "category", "tags", "language", "year", "publisher",
    "isbn", "issn", "doi", "link", "details", "custom",
)  # fmt: skip
FILE = ("file_digest", "file_size", "file_name", "file_media_type")
ACCESS = ("record_access", "file_access", "embargo_until", "embargo_covers")
KEPT = (*DESCRIPTION, *FILE, *ACCESS)
OWN = "custom."
COMPARED = (
    *(name for name in DESCRIPTION if name != "custom"),
    "file_name",
    "file_digest",
    *ACCESS,
)


def snapshot(row: ResourceRow) -> dict[str, Any]:
    """Everything that a version keeps, as JSON values."""
    return {name: _plain(getattr(row, name)) for name in KEPT}


def keep(row: ResourceRow) -> None:
    """Keep what the resource says now, before it says something else."""
    VersionRow.create(
        resource=row.number,
        revision=row.revision,
        said=snapshot(row),
        file_digest=row.file_digest,
        at=row.updated,
        by=row.updated_by,
    )


def said_at(row: ResourceRow, revision: int) -> dict[str, Any]:
    """What the resource said at a revision, the present one included. Raises NotFound."""
    if revision == row.revision:
        return snapshot(row)
    return version(row, revision).said


def version(row: ResourceRow, revision: int) -> VersionRow:
    """An earlier version. Raises NotFound."""
    found = VersionRow.get_or_none(
        (VersionRow.resource == row.number) & (VersionRow.revision == revision)
    )
    if found is None:
        raise NotFound(
            f"This resource has no version {revision}.", code="library.version_not_found"
        )
    return found


def said_again(said: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """What a version said in these fields; one from before there were own fields had none of them."""
    return {name: said.get(name, {}) if name == "custom" else said[name] for name in names}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Each field that differs, as text before and text after; the campus's own as `custom.shelf_mark`."""
    was, now = spread(before), spread(after)
    names = [*COMPARED, *sorted({*was, *now} - {*COMPARED})]
    return {
        name: (as_text(was.get(name)), as_text(now.get(name)))
        for name in names
        if was.get(name) != now.get(name)
    }


def spread(said: Mapping[str, Any]) -> dict[str, Any]:
    """What a record says, with each of the campus's own fields beside the others."""
    own = {f"{OWN}{name}": value for name, value in (said.get("custom") or {}).items()}
    return {**{name: said.get(name) for name in COMPARED}, **own}


def gathered(values: Mapping[str, Any]) -> dict[str, Any]:
    """The way back: the campus's own fields in one."""
    own = {name.removeprefix(OWN): one for name, one in values.items() if name.startswith(OWN)}
    others = {name: one for name, one in values.items() if not name.startswith(OWN)}
    return {**others, "custom": own} if own else others


def as_text(value: Any) -> str:
    """A value as people compare it: a list with one item on each line, further details as YAML."""
    if isinstance(value, bool | list):
        return spoken(value)
    if isinstance(value, dict):
        return yaml.safe_dump(value, allow_unicode=True, sort_keys=False) if value else ""
    return "" if value is None else str(value)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
