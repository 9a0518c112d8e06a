"""One moment of PostgreSQL: every schema of a database in one repeatable-read transaction, by COPY."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import extensions, sql

from azora.backup.archive import PluginPart
from azora.errors import Unavailable

_SCHEMAS = """SELECT schemaname FROM pg_tables
    WHERE tablename = 'azora_migrations' AND schemaname NOT LIKE '%%\\_\\_%%' ORDER BY 1"""
_TABLES = """SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = %s AND relkind = 'r' ORDER BY 1"""
_COLUMNS = """SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
    WHERE attrelid = format('%%I.%%I', %s::text, %s::text)::regclass
    AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum"""


@contextmanager
def plain_driver() -> Iterator[None]:
    """COPY does not work with the callback that makes the driver green; this process may wait."""
    callback = extensions.get_wait_callback()
    extensions.set_wait_callback(None)
    try:
        yield
    finally:
        extensions.set_wait_callback(callback)


def connected(url: str) -> Any:
    """A connection of our own. Raises Unavailable."""
    try:
        return psycopg2.connect(url, application_name="azora backup", options="-c timezone=UTC")
    except psycopg2.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise Unavailable(
            f"The database does not answer: {reason}. Nothing was changed.", code="backup.database"
        ) from None


def schemas_of(url: str) -> list[str]:
    """The plugins that have a schema in this database."""
    with closing(connected(url)) as connection, connection.cursor() as cursor:
        cursor.execute(_SCHEMAS)
        return [name for (name,) in cursor.fetchall()]


@contextmanager
def one_moment(urls: list[str]) -> Iterator[dict[str, Any]]:
    """A connection for each database, in a transaction that sees it as it is now."""
    with ExitStack() as stack:
        found = {}
        for url in urls:
            connection = found[url] = stack.enter_context(closing(connected(url)))
            connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
            with connection.cursor() as cursor:
                cursor.execute("SELECT txid_current_snapshot()")
        yield found


def copied(connection: Any, schema: str, folder: Path) -> Iterator[tuple[str, Path, PluginPart]]:
    """Write each table into a file: its name, the file, and the part, complete with the last one."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = PluginPart("rows", {}, {})
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("SELECT owner, name FROM {}.azora_migrations ORDER BY owner, number").format(
                sql.Identifier(schema)
            )
        )
        for owner, step in cursor.fetchall():
            part.history.setdefault(owner, []).append(step)
        cursor.execute(_TABLES, (schema,))
        for (table,) in cursor.fetchall():
            path = folder / f"{schema}.{table}"
            part.columns[table] = columns_of(cursor, schema, table)
            part.tables[table] = _copy_out(cursor, schema, table, part.columns[table], path)
            yield table, path, part


def columns_of(cursor: Any, schema: str, table: str) -> list[list[str]]:
    """The columns of a table with their types, in order."""
    cursor.execute(_COLUMNS, (schema, table))
    return [[name, kind] for name, kind in cursor.fetchall()]


def _copy_out(cursor: Any, schema: str, table: str, columns: list[list[str]], path: Path) -> int:
    listed = sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns)
    statement = sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(schema, table), listed)
    with path.open("wb") as file:
        cursor.copy_expert(statement.as_string(cursor), file)
    return int(cursor.rowcount)
