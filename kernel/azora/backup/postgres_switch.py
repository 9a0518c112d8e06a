"""Puts restored schemas in the place of those that are there, in one transaction for each database."""

from contextlib import closing
from typing import Any

from psycopg2 import sql

from azora.backup.postgres import connected, plain_driver
from azora.errors import Conflict

_OTHERS = """SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'azora' AND pid <> pg_backend_pid()"""


def drop(url: str, schema: str) -> None:
    """Remove a schema, if it is there, with everything in it."""
    with plain_driver(), closing(connected(url)) as connection, connection:
        with connection.cursor() as cursor:
            cursor.execute(
                sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema))
            )


def check_alone(url: str) -> None:
    """Raise Conflict where a campus is connected to this database."""
    with plain_driver(), closing(connected(url)) as connection, connection.cursor() as cursor:
        cursor.execute(_OTHERS)
        if cursor.fetchone()[0]:
            raise Conflict(
                "A campus is connected to this database. Nothing was changed. Stop it first.",
                code="backup.campus_running",
            )


def take_over(schemas: list[tuple[str, str]], occupied: list[tuple[str, str]], stamp: str) -> None:
    """Rename what is there aside and what is ready into its place: all of it or nothing."""
    with plain_driver():
        for url in sorted({url for url, _ in schemas}):
            with closing(connected(url)) as connection, connection, connection.cursor() as cursor:
                for schema in [name for at, name in occupied if at == url]:
                    _rename(cursor, schema, f"{schema}__replaced_{stamp}")
                for schema in [name for at, name in schemas if at == url]:
                    _rename(cursor, f"{schema}__restoring", schema)


def _rename(cursor: Any, old: str, new: str) -> None:
    statement = sql.SQL("ALTER SCHEMA {} RENAME TO {}")
    cursor.execute(statement.format(sql.Identifier(old), sql.Identifier(new)))
