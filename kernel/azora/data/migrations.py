"""Brings a plugin's database to the form that its code expects, and back.

A plugin's `migrations.py` holds `m0001_create(schema)` and `m0001_create_down(schema)`, and so on.
Each runs in one transaction that first takes the database's lock and reads its history, so that
starters may race: every step runs once.
"""

import importlib
import importlib.util
import time
from collections.abc import Collection, Iterable, Mapping
from types import ModuleType

import peewee

from azora.data import kernel_schema
from azora.data.audit import install_audit, remove_audit
from azora.data.compatibility import columns_of, refuse_breaking, refuse_broken
from azora.data.database import PluginDatabase
from azora.data.history import (
    TABLE,
    Migration,
    SchemaMismatch,
    breaking,
    compare,
    forget,
    history_of,
    migrations_of,
    record,
)
from azora.data.schema import Schema
from azora.errors import PluginError

__all__ = [
    "Schema",
    "SchemaMismatch",
    "breaking",
    "load_migrations",
    "migrate",
    "pending",
    "revert",
    "unknown",
]

Tables = Iterable[type[peewee.Model]]
KERNEL, PLUGIN = "azora", "plugin"


def load_migrations(package: str) -> ModuleType | None:
    """The module `<package>.migrations`, or None where the plugin has no tables."""
    try:
        found = importlib.util.find_spec(f"{package}.migrations")
    except ModuleNotFoundError:  # a plugin in a single file
        return None
    return importlib.import_module(f"{package}.migrations") if found else None


def pending(database: PluginDatabase, module: ModuleType | None) -> list[str]:
    """The migrations that this code needs and the database lacks; none where it may run.

    Raises SchemaMismatch where the database was made by other code, or by code so new that this
    may not run on it.
    """
    missing = []
    for owner, known in _parts(module):
        history = history_of(database, owner)
        compare(database.name, known, history)
        missing += [migration.name for migration in known if migration.number not in history]
    return missing


def migrate(
    database: PluginDatabase,
    module: ModuleType | None,
    tables: Tables = (),
    only: Mapping[str, Collection[str]] | None = None,
    *,
    additive: bool = False,
) -> list[str]:
    """Run what is pending and return its names; tables marked `audited` get their triggers.

    `only` names the steps of each owner that a database of an earlier day had, to build it anew. Where
    they are to be `additive`, a step is refused after which older code could not go on.
    """
    tables = list(tables)
    database.prepare()
    # Nobody else runs on a database that is being made, so its triggers wait for the last step.
    is_new = not history_of(database, KERNEL)
    audited = [] if is_new else tables
    applied = []
    for owner, known in _parts(module):
        history = history_of(database, owner)
        compare(database.name, known, history)
        for migration in known:
            wanted = only is None or migration.name in only.get(owner, ())
            if (
                wanted
                and migration.number not in history
                and _step_up(database, owner, known, migration, audited, additive and not is_new)
            ):
                applied.append(migration.name)
    with database.altering():
        install_audit(database, tables)
    return applied


def unknown(module: ModuleType | None, history: Mapping[str, Collection[str]]) -> list[str]:
    """The steps of a history, by owner, that this code does not have: newer code took them."""
    known = {owner: {step.name for step in steps} for owner, steps in _parts(module)}
    return [step for owner, steps in history.items() for step in steps if step not in known[owner]]


def revert(
    database: PluginDatabase, module: ModuleType | None, to: int = 0, tables: Tables = ()
) -> list[str]:
    """Undo the plugin's migrations above number `to`, newest first; returns their names."""
    return _revert(database, PLUGIN, migrations_of(module), to, list(tables))


def revert_everything(database: PluginDatabase, module: ModuleType | None) -> list[str]:
    """Undo the plugin's migrations and then the kernel's own: an empty database remains."""
    own = migrations_of(kernel_schema)
    return revert(database, module) + _revert(database, KERNEL, own, 0, [])


def _parts(module: ModuleType | None) -> list[tuple[str, list[Migration]]]:
    return [(KERNEL, migrations_of(kernel_schema)), (PLUGIN, migrations_of(module))]


def _step_up(
    database: PluginDatabase,
    owner: str,
    known: list[Migration],
    migration: Migration,
    tables: list[type[peewee.Model]],
    additive: bool,
) -> bool:
    """Run one step unless somebody else just did."""
    with database.altering():
        database.execute(TABLE)
        history = history_of(database, owner)
        compare(database.name, known, history)
        if migration.number in history:
            return False
        if additive:
            refuse_breaking(database, migration)
        before = columns_of(database) if additive else {}
        remove_audit(database)
        migration.up(Schema(database))
        if additive:
            refuse_broken(database, migration, before)
        record(database, owner, migration, time.time())
        install_audit(database, tables)
        return True


def _revert(
    database: PluginDatabase,
    owner: str,
    known: list[Migration],
    to: int,
    tables: list[type[peewee.Model]],
) -> list[str]:
    undone = []
    newer = [
        name.name for number, name in history_of(database, owner).items() if number > len(known)
    ]
    if newer:
        raise PluginError(
            f"{database.name}: {newer[-1]} can be undone only by the version that brought it"
        )
    for migration in reversed(known[to:]):
        with database.altering():
            if migration.number not in history_of(database, owner):
                continue
            remove_audit(database)
            migration.down(Schema(database))
            forget(database, owner, migration)
            install_audit(database, tables)
            undone.append(migration.name)
    return undone
