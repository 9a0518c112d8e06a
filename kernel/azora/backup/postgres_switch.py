"""Puts restored schemas in the place of those that are there, in one transaction for each database."""

import time
from contextlib import closing
from typing import Any

from psycopg2 import sql

from azora.backup.postgres import connected, plain_driver
from azora.errors import Conflict

LEAVING = 3.0
"""Seconds that the connections of a campus which was just stopped may take to end."""
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
    """Raise Conflict where a campus is connected to this database, and stays so.

    One that has just been stopped is given a moment: its connections end after it does.
    """
    limit = time.monotonic() + LEAVING
    with plain_driver(), closing(connected(url)) as connection, connection.cursor() as cursor:
        while _others(connection, cursor):
            if time.monotonic() > limit:
                raise Conflict(
                    "A campus is connected to this database. Nothing was changed. Stop it first.",
                    code="backup.campus_running",
                )
            time.sleep(0.1)


def _others(connection: Any, cursor: Any) -> bool:
    """Whether somebody else is connected; statistics are those of a transaction's beginning."""
    cursor.execute(_OTHERS)
    found = bool(cursor.fetchone()[0])
    connection.rollback()
    return found


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
