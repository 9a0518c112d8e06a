"""Callers under which a fault happens, and what must be true of their calls and events afterwards."""

import collections
import itertools
import time

import eventlet
from tests.faults.ringing import CALL_SECONDS, Numbers, Ring

from azora import DeadlineExceeded, Unavailable
from azora.runtime import Runtime

CALLERS = 8
BLOCKS = itertools.count(0, 1_000_000)
"""Where the numbers of each load begin."""


class Callers:
    """Greenlets that call until they are told to stop, and what became of each call."""

    def __init__(self, tower: Runtime, first: int) -> None:
        self.first = first
        self._next = first
        self._call = tower.call
        self._stopping = False
        self.outcomes: dict[int, list[str]] = collections.defaultdict(list)
        self.longest = 0.0
        self._greenlets = [eventlet.spawn(self._go_on) for _ in range(CALLERS)]

    def stop(self) -> None:
        """Let each call come to its end."""
        self._stopping = True
        for greenlet in self._greenlets:
            greenlet.wait()

    def with_outcome(self, *wanted: str) -> set[int]:
        return {number for number, outcomes in self.outcomes.items() if set(outcomes) & {*wanted}}

    def _go_on(self) -> None:
        while not self._stopping:
            self._next += 1
            number, began = self._next, time.monotonic()
            self.outcomes[number].append(self._outcome(number))
            self.longest = max(self.longest, time.monotonic() - began)
            eventlet.sleep(0.01)

    def _outcome(self, number: int) -> str:
        target = "bell.ring" if number % 2 else "bell.look"
        try:
            assert self._call(target, Ring(number=number), Numbers).numbers == [number]
        except Unavailable as error:
            return error.sent
        except DeadlineExceeded:
            return "late"
        return "done"


def eventually(check, timeout: float = 30.0) -> None:
    end = time.monotonic() + timeout
    while not check():
        assert time.monotonic() < end, "it did not happen in time"
        eventlet.sleep(0.05)


def answers(tower: Runtime) -> bool:
    try:
        return bool(tower.call("bell.look", Ring(number=1), Numbers))
    except (Unavailable, DeadlineExceeded):
        return False


def assert_each_call_had_one_outcome(callers: Callers) -> None:
    assert all(len(outcomes) == 1 for outcomes in callers.outcomes.values())
    assert len(callers.with_outcome("done")) > 20
    assert callers.longest < 2 * CALL_SECONDS


def assert_what_was_said_is_true(callers: Callers, rung: list[int]) -> None:
    asked = {number for number in callers.outcomes if number % 2}
    assert len(rung) == len(set(rung)), "a call that is not idempotent was run twice"
    assert callers.with_outcome("done") & asked <= set(rung), "what was done is not there"
    assert not callers.with_outcome("not_sent") & set(rung), "what was not sent was run"
    assert set(rung) <= asked


def assert_each_event_took_effect_once(tower: Runtime, first: int, rung: list[int]) -> None:
    def heard() -> list[int]:
        return sorted(tower.call("tower.heard", Ring(number=first), Numbers).numbers)

    eventually(lambda: len(heard()) >= len(rung))
    assert heard() == sorted(rung)


def settle(tower: Runtime, callers: Callers) -> list[int]:
    """Once all is well again: let the callers end, and check it all; what was rung."""
    eventually(lambda: answers(tower))
    callers.stop()
    assert_each_call_had_one_outcome(callers)
    rung = tower.call("bell.rung", Ring(number=callers.first), Numbers).numbers
    assert_what_was_said_is_true(callers, rung)
    assert_each_event_took_effect_once(tower, callers.first, rung)
    return rung
