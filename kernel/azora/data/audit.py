"""Audit triggers: every change of an audited table leaves a row in `azora_audit`, raw SQL included.

The triggers follow from `Meta.audited` and the columns that are there, so migrations never mention
them. Columns with personal data are left out: an audit row outlives an erasure.
"""

from collections.abc import Iterable
from typing import Any

import peewee

from azora.data.database import PluginDatabase

ACTIONS = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}


def install_audit(database: PluginDatabase, tables: Iterable[type[peewee.Model]]) -> None:
    """Create the triggers of every audited table that exists, inside the open transaction."""
    audited = [table for table in tables if getattr(table._meta, "audited", False)]
    if not audited or not database.has_table("azora_audit"):
        return
    remove_audit(database)
    for table in audited:
        if database.has_table(table._meta.table_name):
            _install_on(database, table._meta)


def remove_audit(database: PluginDatabase) -> None:
    """Drop every audit trigger, so that a migration may change the tables under them."""
    if database.dialect == "sqlite":
        found = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'azora_audit_%'"
        )
        for (name,) in found:
            database.execute(f'DROP TRIGGER "{name}"')
        return
    for (table,) in database.execute(
        "SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "JOIN pg_namespace ON pg_namespace.oid = relnamespace "
        "WHERE tgname = 'azora_audit' AND nspname = current_schema()"
    ):
        database.execute(f'DROP TRIGGER azora_audit ON "{table}"')


def _install_on(database: PluginDatabase, meta: Any) -> None:
    table = meta.table_name
    keys = [field.column_name for field in meta.get_primary_keys()]
    personal = [meta.fields[name].column_name for name in meta.personal]
    if database.dialect == "postgresql":
        arguments = f"'{','.join(keys)}', '{','.join(personal)}'"
        database.execute(
            f'CREATE TRIGGER azora_audit AFTER INSERT OR UPDATE OR DELETE ON "{table}" '
            f"FOR EACH ROW EXECUTE FUNCTION azora_audit_row({arguments})"
        )
        return
    columns = [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]
    shown = [column for column in columns if column not in personal]
    for action, images in ACTIONS.items():
        database.execute(_sqlite_trigger(table, action, images, keys, shown))


def _sqlite_trigger(
    table: str, action: str, images: tuple[str, ...], keys: list[str], shown: list[str]
) -> str:
    row = " || '/' || ".join(f'CAST({images[-1]}."{key}" AS TEXT)' for key in keys)
    before = _as_json("OLD", shown) if "OLD" in images else "NULL"
    after = _as_json("NEW", shown) if "NEW" in images else "NULL"
    return f"""CREATE TRIGGER "azora_audit_{table}_{action}" AFTER {action.upper()} ON "{table}" BEGIN
        INSERT INTO azora_audit (at, actor, entity, "row", action, before, after) VALUES (
            (julianday('now') - 2440587.5) * 86400.0, COALESCE((SELECT actor FROM azora_acting), 'database'),
            '{table}', {row}, '{action}', {before}, {after});
    END"""  # noqa: S608 – constants and placeholders


def _as_json(image: str, columns: list[str]) -> str:
    pairs = (
        f"'{column}', CASE typeof({image}.\"{column}\") WHEN 'blob' THEN hex({image}.\"{column}\") "
        f'ELSE {image}."{column}" END'
        for column in columns
    )
    return f"json_object({', '.join(pairs)})"
