"""Rows into the tables of a PostgreSQL schema by COPY, with keys and triggers resting meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg2 import sql

from azora.backup.postgres import columns_of

_FOREIGN_KEYS = """SELECT relname, conname, pg_get_constraintdef(pg_constraint.oid)
    FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
    JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = %s AND contype = 'f'"""
_SEQUENCES = """SELECT attname, pg_get_serial_sequence(format('%%I.%%I', %s::text, %s::text), attname)
    FROM pg_attribute WHERE attrelid = format('%%I.%%I', %s::text, %s::text)::regclass
    AND attnum > 0 AND NOT attisdropped"""


class Loading:
    """One schema, in one transaction, which whoever opened the cursor commits."""

    def __init__(self, cursor: Any, schema: str) -> None:
        self._cursor, self._schema = cursor, schema
        cursor.execute(sql.SQL("SET LOCAL search_path TO {}").format(sql.Identifier(schema)))

    def columns(self, table: str) -> list[list[str]]:
        """The columns of a table with their types; none where there is no such table."""
        self._cursor.execute("SELECT to_regclass(%s)", (f'"{self._schema}"."{table}"',))
        return columns_of(self._cursor, self._schema, table) if self._cursor.fetchone()[0] else []

    @contextmanager
    def unchecked(self, tables: list[str]) -> Iterator[None]:
        """Empty the tables, and let their triggers rest; foreign keys are checked at the end."""
        if not tables:
            yield
            return
        self._cursor.execute(_FOREIGN_KEYS, (self._schema,))
        keys = self._cursor.fetchall()
        for table, name, _ in keys:
            self._run("ALTER TABLE {} DROP CONSTRAINT {}", table, name)
        for table in tables:
            self._run("ALTER TABLE {} DISABLE TRIGGER USER", table)
            self._run("DELETE FROM {}", table)
        yield
        for table in tables:
            self._run("ALTER TABLE {} ENABLE TRIGGER USER", table)
        for table, name, definition in keys:
            again = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}")
            known = sql.SQL(definition)
            self._cursor.execute(again.format(sql.Identifier(table), sql.Identifier(name), known))

    def fill(self, table: str, rows: Any, columns: list[str]) -> int:
        """Copy the rows in, and let what numbers them go on after the last; how many there are."""
        listed = sql.SQL(", ").join(map(sql.Identifier, columns))
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), listed)
        with rows:
            self._cursor.copy_expert(statement.as_string(self._cursor), rows)
        self._cursor.execute(_SEQUENCES, (self._schema, table) * 2)
        for column, sequence in self._cursor.fetchall():
            if sequence is not None:
                self._go_on(table, column, sequence)
        self._run("SELECT count(*) FROM {}", table)
        return int(self._cursor.fetchone()[0])

    def _go_on(self, table: str, column: str, sequence: str) -> None:
        last = sql.SQL("SELECT setval(%s, GREATEST(max({}), 1), max({}) IS NOT NULL) FROM {}")
        name = sql.Identifier(column)
        self._cursor.execute(last.format(name, name, sql.Identifier(table)), (sequence,))

    def _run(self, statement: str, *names: str) -> None:
        self._cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
