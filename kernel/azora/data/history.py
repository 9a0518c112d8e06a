"""What a database remembers of the migrations that made it, and what a module of migrations says."""

import hashlib
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from azora.data.database import PluginDatabase
from azora.data.schema import Schema
from azora.errors import PluginError

Step = Callable[[Schema], None]
_NAME = re.compile(r"m(\d{4})_[a-z0-9_]+?(_down)?$")

TABLE = """CREATE TABLE IF NOT EXISTS azora_migrations (
    owner TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, checksum TEXT NOT NULL,
    breaking INTEGER NOT NULL, applied DOUBLE PRECISION NOT NULL, PRIMARY KEY (owner, number))"""


class SchemaMismatch(PluginError):
    """The database was not made by these migrations; nothing is changed until somebody decides."""

    code = "schema_mismatch"


@dataclass(frozen=True)
class Migration:
    """One numbered step, up and down."""

    number: int
    name: str
    up: Step
    down: Step
    checksum: str
    breaking: bool


@dataclass(frozen=True)
class Applied:
    """A step as the database remembers it."""

    name: str
    checksum: str
    breaking: bool


def breaking(step: Step) -> Step:
    """Mark a migration after which older code must not run; others are additive."""
    step.__azora_breaking__ = True  # type: ignore[attr-defined]
    return step


def migrations_of(module: ModuleType | None) -> list[Migration]:
    """The migrations of a module in order: each `m0001_name(schema)` with its `m0001_name_down`.

    Raises PluginError where the numbers have a gap or a step has no way back.
    """
    steps = (
        {name: step for name, step in vars(module).items() if _NAME.match(name)} if module else {}
    )
    found = []
    for name in sorted(name for name in steps if not name.endswith("_down")):
        if f"{name}_down" not in steps:
            raise PluginError(f"{name} has no {name}_down: every migration can be undone")
        found.append(_migration(name, steps[name], steps[f"{name}_down"]))
    if [migration.number for migration in found] != list(range(1, len(found) + 1)):
        raise PluginError(
            f"migrations are numbered m0001, m0002, … without a gap: {[each.name for each in found]}"
        )
    return found


def history_of(database: PluginDatabase, owner: str) -> dict[int, Applied]:
    """The applied migrations by number; none where the table of them does not exist yet."""
    if not database.has_table("azora_migrations"):
        return {}
    rows = database.execute(
        "SELECT number, name, checksum, breaking FROM azora_migrations WHERE owner = ? ORDER BY number",
        owner,
    )
    return {
        number: Applied(name, checksum, bool(breaks)) for number, name, checksum, breaks in rows
    }


def compare(plugin: str, known: list[Migration], history: dict[int, Applied]) -> None:
    """Raise SchemaMismatch where the database was made by other code than this, or by too new code."""
    for migration in known:
        applied = history.get(migration.number)
        if applied and applied.name != migration.name:
            raise SchemaMismatch(
                f"{plugin}: the database was migrated by {applied.name!r}, the code says {migration.name!r}. "
                "Nothing was changed. Install the version that made it, or restore the old name."
            )
        if applied and applied.checksum != migration.checksum:
            raise SchemaMismatch(
                f"{plugin}: {migration.name} was edited after it had run here. Nothing was changed. "
                "Restore its text and write the change as a new migration."
            )
    for number, applied in history.items():
        if number > len(known) and applied.breaking:
            raise SchemaMismatch(
                f"{plugin}: the database has {applied.name}, after which this older version must not run. "
                "Nothing was changed. Start the newer version, or revert the migration with it."
            )


def record(database: PluginDatabase, owner: str, migration: Migration, when: float) -> None:
    """Remember a step as applied."""
    database.execute(
        "INSERT INTO azora_migrations VALUES (?, ?, ?, ?, ?, ?)",
        *(
            owner,
            migration.number,
            migration.name,
            migration.checksum,
            int(migration.breaking),
            when,
        ),
    )


def forget(database: PluginDatabase, owner: str, migration: Migration) -> None:
    """Remember a step as undone."""
    database.execute(
        "DELETE FROM azora_migrations WHERE owner = ? AND number = ?", owner, migration.number
    )


def _migration(name: str, up: Any, down: Any) -> Migration:
    number = int(name[1:5])
    return Migration(
        number, name, up, down, _checksum(up), getattr(up, "__azora_breaking__", False)
    )


@cache
def _checksum(step: Step) -> str:
    """A digest of the source that new line breaks and indents do not change."""
    source = "".join(inspect.getsource(step).split())
    return hashlib.sha256(source.encode()).hexdigest()[:16]
