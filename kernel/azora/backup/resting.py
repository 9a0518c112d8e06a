"""Events at rest for a moment: none leaves an outbox, and the broker's queues run empty.

What a queue alone holds is in no database, so that a backup would not have it.
"""

import time
from collections.abc import Collection, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import Any

from psycopg2 import sql

from azora.backup.postgres import connected
from azora.errors import Unavailable

HELD, PATIENCE = 30.0, 60.0
"""Seconds for which relays are held at a time, and for which we wait for our turn, or for a queue."""

_HOLD = """INSERT INTO {schema}.azora_leases (name, owner, until) VALUES ('relay', 'backup', %s)
    ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
    WHERE azora_leases.owner = excluded.owner OR azora_leases.until < %s RETURNING 1"""
_FREE = "UPDATE {schema}.azora_leases SET until = 0 WHERE name = 'relay' AND owner = 'backup'"


@dataclass(frozen=True)
class Rest:
    """How events come to rest: queues of a broker run empty, then handlers have `seconds` to finish."""

    seconds: float
    broker: str | None = None
    queues: Collection[str] = ()


@contextmanager
def at_rest(schemas: list[tuple[str, str]], rest: Rest) -> Iterator[int]:
    """Let no event leave an outbox during the body, and before it until the others are handled.

    What was handed over by then is handled, or has failed into an inbox. Each of `schemas` is a
    database and a schema in it. Gives the number of events that queues still hold: nobody reads
    them now, or not fast enough. Raises Unavailable.
    """
    with ExitStack() as stack:
        connections = {
            url: stack.enter_context(closing(connected(url))) for url in {u for u, _ in schemas}
        }
        leases = [(connections[url], schema) for url, schema in schemas]
        try:
            _hold(leases, HELD)
            left = _run_empty(rest, leases)
            _hold(leases, rest.seconds + HELD)
            time.sleep(rest.seconds)
            yield left
        finally:
            for connection, schema in leases:
                with connection.cursor() as cursor:
                    cursor.execute(sql.SQL(_FREE).format(schema=sql.Identifier(schema)))


def _hold(leases: list[tuple[Any, str]], seconds: float) -> None:
    for connection, schema in leases:
        connection.autocommit = True
        _hold_one(connection, schema, seconds)


def _hold_one(connection: Any, schema: str, seconds: float) -> None:
    give_up = time.monotonic() + PATIENCE
    statement = sql.SQL(_HOLD).format(schema=sql.Identifier(schema))
    while time.monotonic() < give_up:
        with connection.cursor() as cursor:
            now = time.time()
            cursor.execute(statement, (now + seconds, now))
            if cursor.fetchone():
                return
        time.sleep(0.02)
    raise Unavailable(
        f"The events of {schema} could not be held. No backup was made; try again.",
        code="backup.busy",
    )


def _run_empty(rest: Rest, leases: list[tuple[Any, str]]) -> int:
    """Wait while somebody reads what the queues hold; returns what is left in them."""
    if not (rest.broker and rest.queues):
        return 0
    from azora.rpc.queues import depths

    give_up = time.monotonic() + PATIENCE
    while True:
        found = depths(rest.broker, rest.queues).values()
        read = any(depth.waiting and depth.readers for depth in found)
        if not read or time.monotonic() > give_up:
            return sum(depth.waiting for depth in found)
        _hold(leases, HELD)
        time.sleep(0.1)
