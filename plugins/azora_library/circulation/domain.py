"""The rules of lending: until when, how often again, and whose turn it is. Pure."""

import secrets
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo


class CopyState(StrEnum):
    """Where a copy is. Lending moves it between the first three, a librarian to the others."""

    AVAILABLE = "available"
    ON_LOAN = "on_loan"
    HELD = "held"
    REPAIR = "repair"
    LOST = "lost"
    WITHDRAWN = "withdrawn"


class HoldState(StrEnum):
    """A hold waits, then its copy stands ready, then it has ended in one of three ways."""

    WAITING = "waiting"
    READY = "ready"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


OPEN_HOLD = (HoldState.WAITING, HoldState.READY)
LENDING_STATES = frozenset({CopyState.AVAILABLE, CopyState.ON_LOAN, CopyState.HELD})


class Terms(NamedTuple):
    """On what terms a copy is lent: for how many days, and how often again. No days: not at all."""

    days: int
    renewals: int


class Stage(StrEnum):
    """How far a loan is on its way to being late."""

    RUNNING = "running"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"


def due(now: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The end of the day, on the campus's own calendar, that lies `days` ahead."""
    day = now.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, time(23, 59, 59), zone).astimezone(UTC)


def renewed(now: datetime, due_now: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The day to which a loan is renewed: counted from today, never earlier than it was."""
    return max(due_now, due(now, days, zone))


def stage(now: datetime, due_at: datetime, notice_days: int) -> Stage:
    if now > due_at:
        return Stage.OVERDUE
    return Stage.DUE_SOON if now > due_at - timedelta(days=notice_days) else Stage.RUNNING


def new_number(prefix: str) -> str:
    """A number for a card or a label: nine digits and the digit that tells a mistyped one (Luhn)."""
    digits = f"{secrets.randbelow(10**9):09}"
    return f"{prefix}{digits}{check_digit(digits)}"


def check_digit(digits: str) -> int:
    """ISO/IEC 7812-1, Annex B: the digit that makes the whole number's weighted sum end in 0."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits))]
    return -sum(value // 10 + value % 10 for value in doubled) % 10
