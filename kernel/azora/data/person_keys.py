"""The table `azora_person_keys`: one key for each person of whom a plugin tells, until the person is erased.

What is sealed with it (`azora.events.sealing`) is readable nowhere once the key is gone. The row
stays without its key, so that an event told too late brings no new one to life.
"""

import os
import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from azora.ids import uuid7

if TYPE_CHECKING:
    from azora.data.database import PluginDatabase

TABLE = "azora_person_keys"
SIZE = 32
_OF_PERSON = "SELECT id, secret FROM azora_person_keys WHERE person = ?"
_BEAR = """INSERT INTO azora_person_keys (person, id, secret, born) VALUES (?, ?, ?, ?)
    ON CONFLICT (person) DO NOTHING"""
_DESTROY = """INSERT INTO azora_person_keys (person, id, secret, born, erased) VALUES (?, ?, NULL, ?, ?)
    ON CONFLICT (person) DO UPDATE SET secret = NULL, erased = excluded.erased"""


@dataclass(frozen=True, slots=True)
class PersonKey:
    """A key and the name by which sealed fields refer to it."""

    id: str
    secret: bytes


def key_of(database: "PluginDatabase", person: str) -> PersonKey | None:
    """The key of a person, born in the open transaction where there was none; None once erased."""
    found = database.execute(_OF_PERSON, person)
    if not found:
        database.execute(_BEAR, person, uuid7(), os.urandom(SIZE), time.time())
        found = database.execute(_OF_PERSON, person)
    id_, secret = found[0]
    return PersonKey(id_, bytes(secret)) if secret is not None else None


def keys_by_id(database: "PluginDatabase", ids: Collection[str]) -> dict[str, bytes]:
    """Those of the named keys that still exist."""
    marks = ", ".join("?" * len(ids))
    rows = database.execute(
        f"SELECT id, secret FROM azora_person_keys WHERE secret IS NOT NULL AND id IN ({marks})",  # noqa: S608 – placeholders
        *ids,
    )
    return {id_: bytes(secret) for id_, secret in rows}


def destroy_key(database: "PluginDatabase", person: str) -> bool:
    """Destroy a person's key, and see that no copy stays in the database's own files; whether there was one."""
    with database.transaction():
        had = bool(database.execute(f"{_OF_PERSON} AND secret IS NOT NULL", person))
        now = time.time()
        database.execute(_DESTROY, person, uuid7(), now, now)
    database.scrub(TABLE)
    return had
