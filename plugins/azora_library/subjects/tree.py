"""The tree of categories: each stands below one other or at the top, and never below itself.

Every pair of a category and what is below it is a row, written with each move; so counting, narrowing
and the way up are one join, however deep the tree is.
"""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from azora.errors import Conflict, NotFound
from azora.ids import uuid7
from azora_library.discovery import text
from azora_library.subjects.models import CategoryRow

if TYPE_CHECKING:
    from azora.data.database import PluginDatabase

NAMES_BELOW = (
    "SELECT below.name FROM library_category AS top "
    "JOIN library_category_branch AS b ON b.ancestor = top.id "
    "JOIN library_category AS below ON below.id = b.descendant WHERE top.name IN ({marks})"
)
"""The names of these categories and of all below them."""

_ITSELF = "INSERT INTO library_category_branch (ancestor, descendant, distance) VALUES (?, ?, 0)"
_BELOW = """INSERT INTO library_category_branch (ancestor, descendant, distance)
    SELECT ancestor, ?, distance + 1 FROM library_category_branch WHERE descendant = ?"""
_LOCK = "hashtext('library_subjects')"


def alone(database: "PluginDatabase") -> None:
    """Keep everybody else from changing categories and tags, and from saying them, to the end of the transaction."""
    if database.dialect == "postgresql":
        database.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")


def together(database: "PluginDatabase") -> None:
    """Keep categories and tags from being changed to the end of the transaction."""
    if database.dialect == "postgresql":
        database.execute(f"SELECT pg_advisory_xact_lock_shared({_LOCK})")


def sort_key(name: str) -> str:
    return " ".join(text.words(name))


def find(which: str) -> CategoryRow:
    """The category of this id or name. Raises NotFound, also for one that is retired."""
    meant = (CategoryRow.id == which) | (CategoryRow.name == which)
    found = sorted(
        CategoryRow.select().where(meant & ~CategoryRow.retired), key=lambda row: row.id != which
    )
    if not found:
        raise NotFound(f"There is no category {which}.", code="library.category_not_found")
    return found[0]


def add(
    database: "PluginDatabase", name: str, parent: CategoryRow | None = None, **values: Any
) -> CategoryRow:
    """A new category below `parent`, or at the top."""
    above = parent.id if parent else None
    row = CategoryRow(name=name, id=uuid7(), parent=above, sort_key=sort_key(name), **values)
    row.save(force_insert=True)
    database.execute(_ITSELF, row.id, row.id)
    if parent is not None:
        database.execute(_BELOW, row.id, parent.id)
    return row


def ensure(database: "PluginDatabase", names: Collection[str]) -> None:
    """Categories of these names, at the top where there is none anywhere."""
    if not names:
        return
    known = database.execute(
        f"SELECT name FROM library_category WHERE name IN ({', '.join('?' * len(names))})",  # noqa: S608 – placeholders
        *names,
    )
    for name in sorted(set(names) - {row[0] for row in known}):
        made = database.execute(
            "INSERT INTO library_category (name, id, notation, sort_key, labels, retired, resources, "
            "public, members) VALUES (?, ?, '', ?, '{}', ?, 0, 0, 0) ON CONFLICT DO NOTHING RETURNING id",
            *(name, uuid7(), sort_key(name), False),
        )
        if made:
            database.execute(_ITSELF, made[0][0], made[0][0])


def place(database: "PluginDatabase", row: CategoryRow, parent: CategoryRow | None) -> None:
    """Put a category with all that is below it elsewhere. Raises Conflict below itself."""
    if parent is not None and _is_below(database, parent.id, row.id):
        raise Conflict(
            f"{parent.name} is {row.name} itself or below it: a category cannot stand below itself.",
            code="library.category_cycle",
        )
    row.parent = parent.id if parent else None
    row.save(only=[CategoryRow.parent])
    branch = "SELECT descendant FROM library_category_branch WHERE ancestor = ?"
    database.execute(
        f"DELETE FROM library_category_branch WHERE descendant IN ({branch}) "  # noqa: S608 – constants and placeholders
        f"AND ancestor NOT IN ({branch})",
        *(row.id, row.id),
    )
    if parent is not None:
        database.execute(
            "INSERT INTO library_category_branch (ancestor, descendant, distance) "
            "SELECT up.ancestor, down.descendant, up.distance + down.distance + 1 "
            "FROM library_category_branch AS up JOIN library_category_branch AS down "
            "ON up.descendant = ? AND down.ancestor = ?",
            *(parent.id, row.id),
        )


def children(row: CategoryRow) -> list[CategoryRow]:
    """What stands directly below, but for what is retired."""
    return list(CategoryRow.select().where((CategoryRow.parent == row.id) & ~CategoryRow.retired))


def below(database: "PluginDatabase", row: CategoryRow) -> list[CategoryRow]:
    """All that stands below and is not retired, the deepest first."""
    found = database.execute(
        "SELECT descendant FROM library_category_branch WHERE ancestor = ? AND distance > 0 "
        "ORDER BY distance DESC, descendant",
        row.id,
    )
    rows = CategoryRow.select().where(
        CategoryRow.id.in_([one[0] for one in found]) & ~CategoryRow.retired
    )
    by_id = {one.id: one for one in rows}
    return [by_id[id] for (id,) in found if id in by_id]


def drop_spent(database: "PluginDatabase", names: Iterable[str]) -> None:
    """Remove those of these categories that are retired and hold nothing any more."""
    for name in names:
        gone = database.execute(
            "DELETE FROM library_category WHERE name = ? AND retired AND resources = 0 "
            "AND NOT EXISTS (SELECT 1 FROM library_earlier_name AS e WHERE e.kind = 'category' "
            "AND e.name = library_category.name AND e.done IS NULL) RETURNING id",
            name,
        )
        for (id,) in gone:
            database.execute(
                "DELETE FROM library_category_branch WHERE descendant = ? OR ancestor = ?", id, id
            )


def _is_below(database: "PluginDatabase", id: str, top: str) -> bool:
    return bool(
        database.execute(
            "SELECT 1 FROM library_category_branch WHERE ancestor = ? AND descendant = ?", top, id
        )
    )


def swap_ids(database: "PluginDatabase", old: CategoryRow, new: CategoryRow) -> None:
    """Let a category that takes another's place have its id, which addresses name."""
    spare, kept, given = uuid7(), old.id, new.id
    for before, after in ((kept, spare), (given, kept), (spare, given)):
        for table, column in (
            ("library_category", "id"),
            ("library_category", "parent"),
            ("library_category_branch", "ancestor"),
            ("library_category_branch", "descendant"),
        ):
            database.execute(
                f"UPDATE {table} SET {column} = ? WHERE {column} = ?",  # noqa: S608 – constants
                *(after, before),
            )
    old.id, new.id = given, kept
