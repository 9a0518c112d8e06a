"""Questions that tests and `azora doctor` ask of a schema: what is there, and what is slow or loose."""

import re
from collections.abc import Iterable
from typing import Any

import peewee
from playhouse.schema_diff import SchemaDiff, diff_models

from azora.data.database import PluginDatabase

_POSTGRES_SCHEMA = """
    SELECT 'column', table_name || '.' || column_name, data_type || ' ' || is_nullable || COALESCE(column_default, '')
        FROM information_schema.columns WHERE table_schema = current_schema()
    UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()
    UNION ALL SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(pg_constraint.oid)
        FROM pg_constraint JOIN pg_namespace ON pg_namespace.oid = connamespace WHERE nspname = current_schema()
    UNION ALL SELECT 'view', viewname, definition FROM pg_views WHERE schemaname = current_schema()
    UNION ALL SELECT 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(pg_trigger.oid)
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE nspname = current_schema() AND NOT tgisinternal
    UNION ALL SELECT 'function', proname, prosrc FROM pg_proc
        JOIN pg_namespace ON pg_namespace.oid = pronamespace WHERE nspname = current_schema()
    ORDER BY 1, 2, 3"""
_SQLITE_SCHEMA = """SELECT type, name, sql FROM sqlite_master
    WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY 1, 2"""


def describe_schema(database: PluginDatabase) -> list[tuple[Any, ...]]:
    """Everything in the schema, in a form in which two schemas can be compared."""
    return database.execute(_SQLITE_SCHEMA if database.dialect == "sqlite" else _POSTGRES_SCHEMA)


def differences(database: PluginDatabase, tables: Iterable[type[peewee.Model]]) -> SchemaDiff:
    """How the migrated database differs from the models; false where it does not."""
    tables = list(tables)
    for table in tables:
        table._meta.schema = database.namespace
    try:
        return diff_models(database.peewee, tables)
    finally:
        for table in tables:
            table._meta.schema = None


def unindexed_foreign_keys(database: PluginDatabase) -> list[str]:
    """`table.column` of every foreign key that no index begins with: deleting its target scans."""
    source, schema = database.peewee, database.namespace
    loose = []
    for table in source.get_tables(schema):
        leading = {index.columns[0] for index in source.get_indexes(table, schema) if index.columns}
        leading |= set(source.get_primary_keys(table, schema)[:1])
        loose += [
            f"{table}.{key.column}"
            for key in source.get_foreign_keys(table, schema)
            if key.column not in leading
        ]
    return loose


def broken_references(database: PluginDatabase) -> list[tuple[Any, ...]]:
    """Rows that refer to rows which are not there; PostgreSQL never lets them be."""
    return database.execute("PRAGMA foreign_key_check") if database.dialect == "sqlite" else []


def broken_views(database: PluginDatabase) -> list[str]:
    """Views that can no longer be read."""
    broken = []
    for view in database.peewee.get_views(database.namespace):
        try:
            database.execute(f'SELECT * FROM "{view.name}" LIMIT 0')  # noqa: S608 – constants and placeholders
        except peewee.PeeweeException as error:
            broken.append(f"{view.name}: {error}")
    return broken


def query_plan(database: PluginDatabase, query: Any) -> list[str]:
    """The plan of a peewee query, a line for each step, without costs: fit for a snapshot."""
    sql, params = query.sql()
    if database.dialect == "sqlite":
        return [row[3] for row in database.run(f"EXPLAIN QUERY PLAN {sql}", params)]
    return [row[0] for row in database.run(f"EXPLAIN (COSTS OFF) {sql}", params)]


def full_scans(database: PluginDatabase, query: Any) -> list[str]:
    """The tables that a query reads from end to end, without an index."""
    pattern = r"^SCAN (\w+)(?! USING)" if database.dialect == "sqlite" else r"Seq Scan on (\w+)"
    tables: dict[str, str] = {
        alias: table for table, alias in re.findall(r'"(\w+)" AS "(\w+)"', query.sql()[0])
    }
    scans: list[str] = []
    for step in query_plan(database, query):
        if "USING" not in step and (found := re.search(pattern, step)):
            alias = str(found[1])
            scans.append(tables.get(alias, alias))
    return scans
