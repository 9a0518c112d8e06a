"""Opens a kept campus on a copy: its folder and its database, awake after however long it slept."""

import json
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2

from azora.testing.campus import CampusProcess
from azora.testing.postgresql import PostgreSQL

HERE = Path(__file__).parent
KEPT = sorted(path.parent.name for path in HERE.glob("campuses/*/facts.json"))

_AWAKE = {
    "identity": [
        "UPDATE {}session SET created = created + {}, last_used = last_used + {}",
        "UPDATE {}api_token SET expires = expires + {}",
    ],
    "bell": ["UPDATE {}azora_inbox SET changed = changed + {}"],
    "library": ["UPDATE {}azora_inbox SET changed = changed + {}"],
}
"""What ends by the calendar goes on from where it was: the test is of the upgrade, not of expiry."""


def facts(commit: str, body: str) -> dict[str, Any]:
    """What was true of a kept campus when its power went."""
    made = json.loads((HERE / "campuses" / commit / "facts.json").read_text())
    return dict(made[body])


def put(commit: str, campus: CampusProcess, postgresql: PostgreSQL | None) -> None:
    """Lay the kept data where a campus that has not started yet will look for them."""
    folder = HERE / "campuses" / commit
    slept = time.time() - json.loads((folder / "facts.json").read_text())["made"]
    shutil.unpack_archive(folder / f"{campus.body}.tar.xz", campus.data_dir)
    campus.data_dir.chmod(0o700)
    if postgresql is None:
        for name in _AWAKE:
            with closing(sqlite3.connect(campus.data_dir / "db" / f"{name}.db")) as connection:
                for statement in _awake(name, "", slept):
                    connection.execute(statement)
                connection.commit()
        return
    assert campus.database
    dump = campus.data_dir / "dump.sql"
    postgresql.load(campus.database, dump.read_text())
    dump.unlink()
    with psycopg2.connect(campus.database) as connected, connected.cursor() as cursor:
        for name in _AWAKE:
            for statement in _awake(name, f"{name}.", slept):
                cursor.execute(statement)


def _awake(name: str, schema: str, slept: float) -> list[str]:
    return [text.replace("{}", schema, 1).replace("{}", str(slept)) for text in _AWAKE[name]]
