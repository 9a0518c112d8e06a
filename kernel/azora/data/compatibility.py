"""Whether a migration leaves what older code reads and writes: old and new pods share a database for a while."""

from typing import NamedTuple

from azora.data.database import PluginDatabase
from azora.data.history import Migration
from azora.errors import PluginError

_POSTGRES = """
    SELECT table_name, column_name, data_type, is_nullable = 'NO',
        column_default IS NOT NULL OR is_identity = 'YES' OR is_generated = 'ALWAYS'
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"""
_SQLITE = """
    SELECT entry.name, part.name, upper(part.type), part."notnull",
        part.dflt_value IS NOT NULL OR (part.pk AND upper(part.type) = 'INTEGER')
    FROM sqlite_master AS entry, pragma_table_info(entry.name) AS part WHERE entry.type = 'table'"""


class Column(NamedTuple):
    """What a column takes: its type, whether it must not be null, whether it fills itself."""

    type: str
    required: bool
    filled: bool


Columns = dict[tuple[str, str], Column]


def columns_of(database: PluginDatabase) -> Columns:
    """Every column of every table, by table and name."""
    rows = database.execute(_SQLITE if database.dialect == "sqlite" else _POSTGRES)
    return {
        (table, column): Column(kind, bool(required), bool(filled))
        for table, column, kind, required, filled in rows
    }


def breaks(before: Columns, now: Columns) -> list[str]:
    """What code that knows the columns as they were `before` can no longer read or write."""
    tables = {table for table, _ in before}
    found = [f"{table}.{column} is gone" for table, column in sorted(before.keys() - now.keys())]
    for (table, column), known in sorted(now.items()):
        earlier = before.get((table, column))
        if earlier is None:
            if table in tables and known.required and not known.filled:
                found.append(f"{table}.{column} is new and must be given")
        elif earlier.type != known.type:
            found.append(f"{table}.{column} was {earlier.type} and is {known.type}")
        elif known.required and not known.filled and not earlier.required:
            found.append(f"{table}.{column} must be given")
    return found


def refuse_breaking(database: PluginDatabase, migration: Migration) -> None:
    """Raise PluginError where a step says itself that older code must not run after it."""
    if migration.breaking:
        raise PluginError(
            f"{database.name}: {migration.name} is marked @breaking: the version that runs could not go on after "
            "it. It was not run. Allow it (spec.migration.breaking in Kubernetes, else "
            "AZORA_ADDITIVE_MIGRATIONS=false) when that version may stop.",
        )


def refuse_broken(database: PluginDatabase, migration: Migration, before: Columns) -> None:
    """Raise PluginError where older code can no longer read or write what it did."""
    if found := breaks(before, columns_of(database)):
        raise PluginError(
            f"{database.name}: after {migration.name} {', '.join(found)}: the version that runs may not go on "
            "with that. The step was undone. Add now what is new, with a default that the database knows "
            "(constraints=[SQL('DEFAULT …')]), and take away what is old in a later version, in a step marked @breaking; or allow it as one (spec.migration.breaking in Kubernetes, else "
            "AZORA_ADDITIVE_MIGRATIONS=false).",
        )
