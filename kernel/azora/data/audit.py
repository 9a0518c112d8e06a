"""Audit triggers: rows of `azora_audit` for what changes in a plugin's tables, raw SQL included.

Inside an act that goes on record (`azora.acts`) every table of the plugin leaves one for each row that
changes; a table marked `Meta.audited` always does, one marked `derived` never. The triggers follow from the columns that are there,
so migrations never mention them. Personal and secret columns are left out, but for the fact that they
changed: an audit row outlives an erasure.
"""

from collections.abc import Iterable
from typing import Any

import peewee

from azora.data.database import PluginDatabase
from azora.observe.masking import is_secret

ACTIONS = ("insert", "update", "delete")
LONGEST = 1000
"""Characters of a text that the trail keeps."""


def install_audit(database: PluginDatabase, tables: Iterable[type[peewee.Model]]) -> None:
    """Create the triggers of every audited table that exists, inside the open transaction."""
    tables = [table for table in tables if not getattr(table._meta, "derived", False)]
    if not tables or not database.has_table("azora_audit"):
        return
    remove_audit(database)
    for table in tables:
        if database.has_table(table._meta.table_name):
            _install_on(database, table)


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


def hidden_columns(table: type[peewee.Model]) -> set[str]:
    """The columns whose values never reach the trail: personal data and secrets."""
    meta: Any = table._meta
    personal = {meta.fields[name].column_name for name in getattr(meta, "personal", ())}
    return personal | secret_columns(table)


def secret_columns(table: type[peewee.Model]) -> set[str]:
    """The columns that nobody is shown: those that `Meta.secret` names, or that are named as secrets."""
    meta: Any = table._meta
    declared = {meta.fields[name].column_name for name in getattr(meta, "secret", ())}
    return declared | {name for name in meta.columns if is_secret(name)}


def _install_on(database: PluginDatabase, table: type[peewee.Model]) -> None:
    meta: Any = table._meta
    name = meta.table_name
    keys = [field.column_name for field in meta.get_primary_keys()]
    hidden = hidden_columns(table)
    always = getattr(meta, "audited", False)
    if database.dialect == "postgresql":
        arguments = f"'{','.join(keys)}', '{','.join(sorted(hidden))}'"
        during = "" if always else "WHEN (COALESCE(current_setting('azora.act', true), '') <> '')"
        database.execute(
            f'CREATE TRIGGER azora_audit AFTER INSERT OR UPDATE OR DELETE ON "{name}" '
            f"FOR EACH ROW {during} EXECUTE FUNCTION azora_audit_row({arguments})"
        )
        return
    during = "" if always else "WHEN EXISTS (SELECT 1 FROM azora_acting WHERE act IS NOT NULL)"
    columns = [row[1] for row in database.execute(f'PRAGMA table_info("{name}")')]
    for action in ACTIONS:
        before, after = _images(action, columns, hidden)
        row = " || '/' || ".join(f'CAST({_last(action)}."{key}" AS TEXT)' for key in keys)
        database.execute(_sqlite_trigger(name, action, during, row, before, after))


def _sqlite_trigger(table: str, action: str, during: str, row: str, before: str, after: str) -> str:
    return f"""CREATE TRIGGER "azora_audit_{table}_{action}" AFTER {action.upper()} ON "{table}" {during} BEGIN
        INSERT INTO azora_audit (at, actor, entity, "row", action, before, after, act) VALUES (
            (julianday('now') - 2440587.5) * 86400.0, COALESCE((SELECT actor FROM azora_acting), 'database'),
            '{table}', {row}, '{action}', {before}, {after}, (SELECT act FROM azora_acting));
    END"""  # noqa: S608 – constants and placeholders


def _last(action: str) -> str:
    """The image of a row that every such change has."""
    return "OLD" if action == "delete" else "NEW"


def _images(action: str, columns: list[str], hidden: set[str]) -> tuple[str, str]:
    """The row before and after as JSON; of an update only what changed."""
    shown = [column for column in columns if column not in hidden]
    if action == "insert":
        return "NULL", _object(_plain("NEW", shown))
    if action == "delete":
        return _object(_plain("OLD", shown)), "NULL"
    old, new = _plain("OLD", shown), _plain("NEW", shown)
    for column in sorted(hidden & set(columns)):
        same = f'OLD."{column}" IS NEW."{column}"'
        old[column] = "'***'"
        new[column] = f"CASE WHEN {same} THEN '***' ELSE '*** changed' END"
    return _changed(old, new, "o"), _changed(old, new, "n")


def _plain(image: str, columns: list[str]) -> dict[str, str]:
    """Each column as an expression of a JSON value; long texts are cut."""
    return {
        column: f"""CASE typeof({image}."{column}") WHEN 'blob' THEN hex({image}."{column}")
            WHEN 'text' THEN CASE WHEN length({image}."{column}") > {LONGEST}
                THEN substr({image}."{column}", 1, {LONGEST}) || '…' ELSE {image}."{column}" END
            ELSE {image}."{column}" END"""
        for column in columns
    }


def _object(values: dict[str, str]) -> str:
    pairs = ", ".join(f"'{name}', {value}" for name, value in values.items())
    return f"json_object({pairs})"


def _changed(old: dict[str, str], new: dict[str, str], side: str) -> str:
    return f"""(SELECT json_group_object({side}.key, {side}.value)
        FROM json_each({_object(old)}) AS o JOIN json_each({_object(new)}) AS n ON n.key = o.key
        WHERE o.value IS NOT n.value)"""  # noqa: S608 – constants and placeholders
