"""The records that OAI-PMH shows: what is public, and what was; in the order of their datestamps.

A list is bounded above by the moment at which it began, so that what changes meanwhile leaves it and
comes in the next one: nobody misses a record, and a list ends.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from azora_library.catalogue.access import visible

if TYPE_CHECKING:
    from azora.data.database import PluginDatabase


class Header(NamedTuple):
    """A record's id, datestamp and category; `number` is 0 where it is gone."""

    id: str
    stamp: datetime
    number: int
    category: str | None


class Window(NamedTuple):
    """Which records: from a moment on, before another, of a category; behind the place `after`."""

    since: datetime | None
    before: datetime
    category: str | None = None
    after: tuple[str, str] | None = None


def listed(database: "PluginDatabase", window: Window, limit: int) -> list[Header]:
    """The first headers of the window."""
    live, live_params = _branch(window, "r.updated", "r.id", "r.category")
    gone, gone_params = _branch(window, "t.gone", "t.id", "t.category")
    seen = visible(None)
    rows = database.heavy_read(
        "SELECT id, stamp, number, category FROM ("  # noqa: S608 – constants and placeholders
        "SELECT r.id AS id, r.updated AS stamp, r.number AS number, r.category AS category "
        f"FROM library_resource AS r WHERE {live} AND {seen.sql} UNION ALL "
        "SELECT t.id AS id, t.gone AS stamp, 0 AS number, t.category AS category "
        f"FROM library_tombstone AS t WHERE {gone}) AS either ORDER BY stamp, id LIMIT ?",
        *(*live_params, *seen.params, *gone_params, limit),
    )
    return [Header(id, moment(stamp), number, category) for id, stamp, number, category in rows]


def header(database: "PluginDatabase", id: str) -> Header | None:
    """The record of this id, or what is left of it."""
    seen = visible(None)
    rows = database.execute(
        "SELECT r.id, r.updated, r.number, r.category FROM library_resource AS r "  # noqa: S608 – constants and placeholders
        f"WHERE r.id = ? AND {seen.sql}",
        *(id, *seen.params),
    ) or database.execute("SELECT id, gone, 0, category FROM library_tombstone WHERE id = ?", id)
    return Header(rows[0][0], moment(rows[0][1]), *rows[0][2:]) if rows else None


def earliest(database: "PluginDatabase") -> datetime:
    """The first datestamp that there may be."""
    [[first]] = database.execute("SELECT MIN(updated) FROM library_resource")
    [[gone]] = database.execute("SELECT MIN(gone) FROM library_tombstone")
    return min(
        [moment(one) for one in (first, gone) if one], default=datetime(2000, 1, 1, tzinfo=UTC)
    )


def moment(stored: Any) -> datetime:
    """A moment as either database gives it."""
    found = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def stored(when: datetime) -> str:
    """A moment as TimeField stores it."""
    return when.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _branch(window: Window, stamp: str, id: str, category: str) -> tuple[str, list[str]]:
    conditions, params = [f"{stamp} < ?"], [stored(window.before)]
    if window.since is not None:
        conditions.append(f"{stamp} >= ?")
        params.append(stored(window.since))
    if window.category is not None:
        conditions.append(f"{category} = ?")
        params.append(window.category)
    if window.after is not None:
        conditions.append(f"({stamp}, {id}) > (?, ?)")
        params += window.after
    return " AND ".join(conditions), params
