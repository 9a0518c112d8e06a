"""A row of the table `azora_inbox` as it is written, and as one that runs is read."""

from dataclasses import dataclass

from azora.data.database import Row
from azora.events.envelope import Envelope

FIELDS = "source, type, version, time, key, data, traceparent, cause"
MARKS = f"({', '.join('?' * 18)})"
INSERT = (
    "INSERT INTO azora_inbox (event, handler, state, attempts, crashes, due, changed, lane, error, stack, "  # noqa: S608 – constants and placeholders
    f"{FIELDS}) VALUES {MARKS} ON CONFLICT (event, handler) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt: a row that is running, and `attempts`, which no later attempt shares."""

    seq: int
    handler: str
    attempts: int
    crashes: int
    lane: str | None
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class Failure:
    """What the next attempt, or whoever looks at a parked event, should know of the last one."""

    error: str
    stack: str = ""


def values_of(
    envelope: Envelope,
    handler: str,
    lane: str | None,
    state: str,
    attempts: int,
    crashes: int,
    due: float,
    now: float,
    failure: Failure | None = None,
) -> Row:
    return (
        *(envelope.id, handler, state, attempts, crashes, due, now, lane),
        *((failure.error, failure.stack) if failure else (None, None)),
        *(envelope.source, envelope.type, envelope.version, envelope.time, envelope.key),
        *(envelope.data, envelope.traceparent, envelope.cause),
    )


def delivery_of(row: Row) -> Delivery:
    (
        seq,
        event,
        handler,
        attempts,
        crashes,
        lane,
        source,
        kind,
        version,
        at,
        key,
        data,
        trace,
        cause,
    ) = row
    envelope = Envelope(event, source, kind, version, at, key, bytes(data), trace, cause)
    return Delivery(seq, handler, attempts, crashes, lane, envelope)
