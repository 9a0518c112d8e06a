"""How many resources a reader sees in a category, and in all below it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import orjson

from azora_library.catalogue import access
from azora_library.subjects.contracts import Category

if TYPE_CHECKING:
    from azora.actor import Actor
    from azora.data.database import PluginDatabase

COUNT = """UPDATE library_category SET resources = resources + ?, public = public + ?,
    members = members + ? WHERE name = ?"""

_READ = """SELECT c.name, {own} AS own, c.id, (SELECT sum({below}) FROM library_category_branch AS b
    JOIN library_category AS d ON d.id = b.descendant WHERE b.ancestor = c.id) AS total,
    c.parent, c.notation, c.labels FROM library_category AS c"""


def top(database: "PluginDatabase", actor: "Actor | None") -> list[Category]:
    """The categories at the top."""
    return _shown(database, actor, "WHERE c.parent IS NULL AND NOT c.retired", ())


def below(database: "PluginDatabase", actor: "Actor | None", id: str) -> list[Category]:
    """The categories directly below."""
    return _shown(database, actor, "WHERE c.parent = ? AND NOT c.retired", (id,))


def used(database: "PluginDatabase", actor: "Actor | None") -> list[Category]:
    """Every category that itself holds something for this reader."""
    counted = counted_for(actor, "c")
    return _read(database, actor, f"WHERE {counted} > 0 AND NOT c.retired ORDER BY c.name", ())


def path(database: "PluginDatabase", actor: "Actor | None", id: str) -> list[Category]:
    """The category and those above it, from the top."""
    ending = (
        "JOIN library_category_branch AS way ON way.ancestor = c.id AND way.descendant = ? "
        "ORDER BY way.distance DESC"
    )
    return _read(database, actor, ending, (id,))


def counted_for(actor: "Actor | None", table: str) -> str:
    """Of the counts of a category, the one of the resources that this reader sees."""
    if actor and actor.may(access.MANAGE):
        return f"{table}.resources"
    if access.is_member(actor):
        return f"({table}.public + {table}.members)"
    return f"{table}.public"


def _shown(
    database: "PluginDatabase", actor: "Actor | None", where: str, params: Sequence[object]
) -> list[Category]:
    """In the order of a classification; what is empty is shown to librarians alone."""
    found = _read(database, actor, f"{where} ORDER BY c.notation, c.sort_key, c.name", params)
    everything = actor is not None and actor.may(access.MANAGE)
    return [one for one in found if everything or one.total > 0]


def _read(
    database: "PluginDatabase", actor: "Actor | None", ending: str, params: Sequence[object]
) -> list[Category]:
    columns = _READ.format(own=counted_for(actor, "c"), below=counted_for(actor, "d"))
    return [
        Category(
            name=name,
            resources=max(0, own),
            id=id,
            total=max(0, int(total or 0)),
            parent=parent,
            notation=notation,
            labels=orjson.loads(labels),
        )
        for name, own, id, total, parent, notation, labels in database.execute(
            f"{columns} {ending}", *params
        )
    ]
