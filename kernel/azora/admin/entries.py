"""What the audit trail of one plugin says to who may read it."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from azora.admin.contracts import Entry, ListEntries
from azora.data.trail import ACT, PRUNED

if TYPE_CHECKING:
    from azora.data.database import PluginDatabase

_COLUMNS = 'link, at, actor, entity, "row", action, outcome, address, trace, act, before, after'


def acts(database: "PluginDatabase", wanted: ListEntries) -> list[Entry]:
    """Acts, and changes of rows that were part of none, the newest first."""
    conditions = [f"(action IN ('{ACT}', '{PRUNED}') OR act IS NULL)", "link IS NOT NULL"]
    values: list[Any] = []

    def also(condition: str, *given: Any) -> None:
        conditions.append(condition)
        values.extend(given)

    if wanted.actors:
        also(f"actor IN ({', '.join('?' * len(wanted.actors))})", *wanted.actors)
    if wanted.of:
        also("entity LIKE ? ESCAPE '!'", f"{_plain(wanted.of)}%")
    if wanted.on:
        also("\"row\" LIKE ? ESCAPE '!'", f"%{_plain(wanted.on)}%")
    if wanted.since:
        also("at >= ?", wanted.since.timestamp())
    if wanted.until:
        also("at < ?", wanted.until.timestamp())
    if wanted.before_moment is not None:
        link = wanted.before_link or 0
        also("(at < ? OR (at = ? AND link < ?))", *[wanted.before_moment] * 2, link)
    return _entries(
        database, " AND ".join(conditions), values, f"at DESC, link DESC LIMIT {wanted.limit}"
    )


def of_act(database: "PluginDatabase", act: str) -> list[Entry]:
    """One act, and every row that it changed, in the order in which that happened."""
    return _entries(database, "act = ?", [act], "link LIMIT 500")


def _entries(
    database: "PluginDatabase", condition: str, values: list[Any], order: str
) -> list[Entry]:
    rows = database.execute(
        f"SELECT {_COLUMNS} FROM azora_audit WHERE {condition} ORDER BY {order}",  # noqa: S608 – constants and placeholders
        *values,
    )
    return [_entry(database.name, row) for row in rows]


def _entry(plugin: str, row: tuple[Any, ...]) -> Entry:
    link, at, actor, entity, on, action, outcome, address, trace, act, before, after = row
    return Entry(
        plugin=plugin,
        link=link or 0,
        moment=at,
        at=datetime.fromtimestamp(at, UTC),
        actor=actor,
        of=entity,
        on=on,
        action=action,
        outcome=outcome,
        address=address,
        trace=trace,
        act=act,
        before=_image(before),
        after=_image(after),
    )


def _image(text: str | None) -> dict[str, Any] | None:
    return orjson.loads(text) if text else None


def _plain(words: str) -> str:
    """Words in which `%` and `_` stand for themselves."""
    return words.replace("!", "!!").replace("%", "!%").replace("_", "!_")
