"""The schemas of a plugin's events, every version of them: what was promised once stays readable.

Each start notes the schema of each event in the plugin's own database. One that a reader of the last one
could not read is refused, unless the event's `version` is raised. A schema that was noted before is
taken again: somebody went back to an earlier release.
"""

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from azora.compat import compare
from azora.data.database import PluginDatabase
from azora.errors import PluginError
from azora.messages import Event

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

_KNOWN = "SELECT type, version, digest, schema, since FROM azora_event_schemas ORDER BY type, version, since"
_NOTE = """INSERT INTO azora_event_schemas (type, version, digest, schema, since) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (type, version, digest) DO NOTHING"""


@dataclass(frozen=True, slots=True)
class KnownSchema:
    """A schema that was in use; `since` is in seconds since 1970."""

    type: str
    version: int
    digest: str
    schema: dict[str, Any]
    since: float


def schema_of(event: type[Event]) -> dict[str, Any]:
    """What an event looks like as it is told."""
    return event.model_json_schema(mode="serialization")


def known(database: PluginDatabase) -> list[KnownSchema]:
    """Every schema that was in use here, by type and version, the oldest first."""
    rows = database.execute(_KNOWN)
    return [
        KnownSchema(kind, version, digest, orjson.loads(schema), since)
        for kind, version, digest, schema, since in rows
    ]


def remember(hosted: "HostedPlugin") -> None:
    """Note the schemas of the plugin's events. Raises PluginError, naming the field that does not fit."""
    if not hosted.loaded.events:
        return
    before = known(hosted.database)
    noted = []
    for name, event in hosted.loaded.events.items():
        schema = schema_of(event)
        text = orjson.dumps(schema, option=orjson.OPT_SORT_KEYS).decode()
        digest = hashlib.sha256(text.encode()).hexdigest()
        same = [one for one in before if (one.type, one.version) == (name, event.version)]
        if digest in {one.digest for one in same}:
            continue
        if same and (problems := list(compare(schema, same[-1].schema))):
            raise PluginError(
                f"{name} version {event.version} is not what it was: {'; '.join(problems)}. "
                f"Keep the field, or raise `version` of {event.__name__}.",
                code="event_changed",
            )
        noted.append((name, event.version, digest, text, time.time()))
    if noted:
        with hosted.database.transaction():
            hosted.database.execute_many(_NOTE, noted)
