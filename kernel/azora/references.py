"""Ids of other plugins in this plugin's rows: whether what they name still exists, and what to do if not.

No foreign key crosses plugins. A column says what it names (`Refers`), the owner answers which of many
ids exist, and a job of the kernel's own asks, once a day. An owner that does not answer leaves its
ids unchecked: that nobody can be asked does not make an orphan.
"""

import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from azora.contract import Job, Plugin, operation
from azora.errors import ServiceError
from azora.messages import CheckIds, KnownIds, Reply, Request
from azora.permissions import CHECK_REFERENCES
from azora.service import Service
from azora.tables import Refers

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin
    from azora.registry import Registry

BATCH = 500
SHOWN = 20
GRACE = 86_400.0
"""Seconds for which an id must have been an orphan before it is cleared: an owner whose backup is being
restored lacks much for a while."""

Column = tuple[Any, Any, Refers]
"""A table, one of its columns, and what that names."""

_NOTE = """INSERT INTO azora_orphans (entity, field, value, found) VALUES (?, ?, ?, ?)
    ON CONFLICT (entity, field, value) DO NOTHING"""
_FOUND = "SELECT value, found FROM azora_orphans WHERE entity = ? AND field = ?"
_FORGET = "DELETE FROM azora_orphans WHERE entity = ? AND field = ? AND value = ?"


class CheckedColumn(Reply):
    """What was found of one column; `orphans` are at most twenty of the ids that name nothing."""

    column: str
    names: str
    checked: int
    missing: int
    cleared: int
    orphans: list[str]
    unchecked: str | None = None


class CheckedReferences(Reply):
    """Every column that names something of another plugin."""

    columns: list[CheckedColumn]


class References(Service):
    """What the kernel adds to every plugin whose tables name things of others."""

    @operation(
        "POST /references/check",
        permission=CHECK_REFERENCES,
        idempotent=True,
        http=False,
        timeout=1800,
        concurrency=1,
    )
    def check_references(self, request: Request) -> CheckedReferences:
        """Ask the owners of what our rows name whether it still exists"""
        columns = [_check(self.hosted, column) for column in references_of(self.hosted.plugin)]
        return CheckedReferences(columns=columns)


def references_of(plugin: Plugin) -> Iterator[Column]:
    """Every column of a plugin's tables that names something of another plugin."""
    for table in plugin.tables:
        meta: Any = table._meta  # type: ignore[attr-defined]
        for name, refers in getattr(meta, "refers", {}).items():
            yield table, meta.fields[name], refers


def with_references(plugin: Plugin) -> Plugin:
    """The plugin with the kernel's check among its operations and jobs, where it names others' things."""
    if not any(references_of(plugin)):
        return plugin
    minute = zlib.crc32(plugin.name.encode()) % 60
    return replace(
        plugin,
        services=(*plugin.services, References),
        jobs=(*plugin.jobs, Job("check_references", f"{minute} 3 * * *")),
    )


def unanswered(registry: "Registry", plugin: Plugin) -> Iterator[str]:
    """What is wrong with a plugin's references as far as their owners are here."""
    for _, column, refers in references_of(plugin):
        owner, _, _ = refers.operation.partition(".")
        offered = registry.operation(refers.operation)
        if owner not in registry.plugins:
            continue
        if offered is None:
            yield f"{column.name} names {refers.operation}, which {owner} does not offer"
        elif not (issubclass(offered.request, CheckIds) and offered.reply is KnownIds):
            yield f"{refers.operation} must take CheckIds and reply KnownIds"


def _check(hosted: "HostedPlugin", column: Column) -> CheckedColumn:
    table, field, refers = column
    name = f"{table._meta.table_name}.{field.column_name}"
    found: dict[str, Any] = {"checked": 0, "missing": 0, "cleared": 0, "orphans": []}
    try:
        for ids in _batches(hosted, table, field):
            known = _known(hosted, refers, ids)
            gone = [one for one in ids if one not in known]
            found["checked"] += len(ids)
            found["missing"] += len(gone)
            found["cleared"] += _settle(hosted, column, ids, gone)
            found["orphans"] += gone[: SHOWN - len(found["orphans"])]
    except ServiceError as error:
        hosted.log.warning("references_not_checked", column=name, reason=error.detail)
        return CheckedColumn(column=name, names=refers.operation, unchecked=error.detail, **found)
    _forget_gone(hosted, column)
    if found["missing"]:
        hosted.log.warning("orphans_found", column=name, names=refers.operation, **found)
    return CheckedColumn(column=name, names=refers.operation, **found)


def _batches(hosted: "HostedPlugin", table: Any, field: Any) -> Iterator[list[str]]:
    """The different ids of a column, in order, so many at a time."""
    quoted, last = f'"{field.column_name}"', ""
    sql = (
        f'SELECT DISTINCT {quoted} FROM "{table._meta.table_name}" '  # noqa: S608 – names of models
        f"WHERE {quoted} > ? ORDER BY {quoted} LIMIT {BATCH}"
    )
    while rows := hosted.database.heavy_read(sql, last):
        ids = [str(row[0]) for row in rows]
        last = ids[-1]
        yield ids


def _known(hosted: "HostedPlugin", refers: Refers, ids: list[str]) -> set[str]:
    answer = hosted.runtime.call(refers.operation, CheckIds(ids=ids), KnownIds)
    return set(answer.ids)


def _settle(hosted: "HostedPlugin", column: Column, ids: list[str], gone: list[str]) -> int:
    """Note what is gone, forget what is back, clear what has been gone long enough; how many ids."""
    table, field, refers = column
    place = (table._meta.table_name, field.column_name)
    now = time.time()
    noted: dict[str, float] = dict(hosted.database.execute(_FOUND, *place))  # type: ignore[arg-type]
    ripe = [one for one in gone if noted.get(one, now) <= now - GRACE]
    cleared = ripe if refers.orphan == "clear" else []
    with hosted.database.transaction():
        hosted.database.execute_many(_NOTE, [(*place, one, now) for one in gone])
        back = [one for one in ids if one in noted and one not in gone]
        _forget(hosted, place, [*back, *cleared])
        if cleared:
            table.update({field: None}).where(field.in_(cleared)).execute()
    return len(cleared)


def _forget_gone(hosted: "HostedPlugin", column: Column) -> None:
    """Forget orphans that no row holds any more."""
    table, field, _ = column
    place = (table._meta.table_name, field.column_name)
    noted = [value for value, _ in hosted.database.execute(_FOUND, *place)]
    held = {
        getattr(row, field.name)
        for some in _some(noted)
        for row in table.select(field).where(field.in_(some)).distinct()
    }
    with hosted.database.transaction():
        _forget(hosted, place, [value for value in noted if value not in held])


def _forget(hosted: "HostedPlugin", place: tuple[str, str], values: Iterable[str]) -> None:
    hosted.database.execute_many(_FORGET, [(*place, value) for value in values])


def _some(values: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]
