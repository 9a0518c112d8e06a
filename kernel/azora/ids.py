"""Identifiers: UUIDv7, which sort by the time at which they were made (RFC 9562)."""

import secrets
import time

_COUNTER_BITS = 74
_COUNTER_MASK = (1 << _COUNTER_BITS) - 1
_STEP = 1 << 32

_last = 0
"""Milliseconds and counter of the newest id of this process, as one integer."""


def uuid7() -> str:
    """A new id as canonical lower-case text, greater than every earlier one of this process.

    Within a millisecond, and when the clock steps back, the next id is the last one plus a random
    step, so ids stay in order and cannot be guessed from one another.
    """
    global _last
    fresh = (time.time_ns() // 1_000_000 << _COUNTER_BITS) | secrets.randbits(_COUNTER_BITS)
    _last = (
        fresh
        if fresh >> _COUNTER_BITS > _last >> _COUNTER_BITS
        else _last + 1 + secrets.randbelow(_STEP)
    )
    return _text(_last)


def _text(value: int) -> str:
    counter = value & _COUNTER_MASK
    upper, lower = counter >> 62, counter & (1 << 62) - 1
    digits = f"{value >> _COUNTER_BITS << 80 | 7 << 76 | upper << 64 | 2 << 62 | lower:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
