"""Faults in a random order, under load: each call has one outcome, each event one effect.

A failure prints its seed. `SOAK_SCHEDULES=100` (`make soak`) runs that many schedules of its own seeds.
"""

import collections
import itertools
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import eventlet
import pytest
from eventlet import tpool
from tests.faults.ringing import CALL_SECONDS, Numbers, Ring, hosting

from azora import DeadlineExceeded, Unavailable
from azora.testing.rabbitmq import RabbitMQ

pytestmark = pytest.mark.needs("rabbitmq")

CALLERS = 8
OLD_ENOUGH = 12.0
"""RabbitMQ 3.10 that is killed within seconds of a quorum queue's declaration never serves it again."""

PAGE = Path(__file__).parents[2] / "docs" / "soak.md"
SOAKING = int(os.environ.get("SOAK_SCHEDULES", "0"))
FAULTS_OF_A_SCHEDULE = 3 if SOAKING else 2
BLOCKS = itertools.count(0, 1_000_000)
"""Where the numbers of each schedule begin."""

SEEDS = [random.randrange(10**6) for _ in range(SOAKING)] if SOAKING else [1, 3, 5, 8, 32]


class Campus:
    """`bell` in a process of its own, `tower` here, and the broker between them."""

    def __init__(self, folder, broker: RabbitMQ) -> None:
        self.broker = broker
        at = broker.new_vhost()
        self.tower = hosting("tower", folder, at)
        self._bell = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.ringing", str(folder), at],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._bell.stdout and tpool.execute(self._bell.stdout.readline) == b"ready\n"
        self.began = time.monotonic()

    def killed(self, seconds: float) -> None:
        time.sleep(max(0.0, self.began + OLD_ENOUGH - time.monotonic()))
        self.broker.kill()
        time.sleep(seconds)
        self.broker.start()

    def restarted(self, seconds: float) -> None:
        self.broker.stop()
        time.sleep(seconds)
        self.broker.start()

    def stalled(self, seconds: float) -> None:
        self._bell.send_signal(signal.SIGSTOP)
        time.sleep(2 * seconds)
        self._bell.send_signal(signal.SIGCONT)

    def alarmed(self, seconds: float) -> None:
        limit = ("set_vm_memory_high_watermark", "absolute")
        self.broker.control(*limit, "1MB")
        time.sleep(seconds)
        self.broker.control(*limit, "512MB")

    def disconnected(self, seconds: float) -> None:
        self.broker.control("close_all_connections", "a test wants it")
        time.sleep(seconds)

    def close(self) -> None:
        self.tower.stop(grace=1)
        self._bell.kill()
        self._bell.wait()


FAULTS = (Campus.killed, Campus.restarted, Campus.stalled, Campus.alarmed, Campus.disconnected)


@pytest.fixture(scope="module")
def campus(tmp_path_factory):
    broker = RabbitMQ().start()
    campus = Campus(tmp_path_factory.mktemp("ringing") / "data", broker)
    yield campus
    campus.close()
    broker.close()


@pytest.fixture(scope="module")
def tally(request):
    """Counts what happened; a soak in which nothing failed leaves its page, also where it is interrupted."""
    counted = collections.Counter()
    yield counted
    if SOAKING and counted["schedules"] and not request.session.testsfailed:
        PAGE.write_text(page(counted), "utf-8")


class Callers:
    """Greenlets that call until they are told to stop, and what became of each call."""

    def __init__(self, campus: Campus, first: int) -> None:
        self.first = first
        self._next = first
        self._call = campus.tower.call
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


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happens_in_whatever_order(campus, seed, tally):
    chance = random.Random(seed)
    callers = Callers(campus, first=next(BLOCKS))
    for fault in chance.choices(FAULTS, (1, 1, 3, 2, 3), k=FAULTS_OF_A_SCHEDULE):
        eventlet.sleep(chance.uniform(0.1, 0.5))
        tpool.execute(fault, campus, chance.uniform(0.1, 1.0))
        tally[fault.__name__] += 1
    eventually(lambda: answers(campus))
    callers.stop()
    assert_each_call_had_one_outcome(callers)
    rung = campus.tower.call("bell.rung", Ring(number=callers.first), Numbers).numbers
    assert_what_was_said_is_true(callers, rung)
    assert_each_event_took_effect_once(campus, callers.first, rung)
    tally.update(outcome for (outcome,) in callers.outcomes.values())
    tally.update(schedules=1, events=len(rung))


def answers(campus: Campus) -> bool:
    try:
        return bool(campus.tower.call("bell.look", Ring(number=1), Numbers))
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


def assert_each_event_took_effect_once(campus: Campus, first: int, rung: list[int]) -> None:
    def heard() -> list[int]:
        return sorted(campus.tower.call("tower.heard", Ring(number=first), Numbers).numbers)

    eventually(lambda: len(heard()) >= len(rung))
    assert heard() == sorted(rung)


def page(counted: collections.Counter[str]) -> str:
    """docs/soak.md."""
    faults = ", ".join(f"{fault.__name__} {counted[fault.__name__]}" for fault in FAULTS)
    return f"""\
# A soak

Written by `make soak` on {time.strftime("%d %B %Y")}: {counted["schedules"]} random schedules of {FAULTS_OF_A_SCHEDULE} faults each,
every one under the load of {CALLERS} callers, with RabbitMQ between two processes. `tests/faults/test_schedules.py`
says what is checked after each; all of it held.

- Faults: {faults}. (Killed and restarted: the broker. Stalled: the process that answers, by SIGSTOP. Alarmed: the
  broker's memory. Disconnected: every connection, by the broker.)
- Calls, each with exactly one outcome: {counted["done"]:,} answered, {counted["not_sent"]:,} refused as not sent, of which none was
  run, {counted["unknown"]:,} told that nobody knows, {counted["late"]:,} at their deadline.
- No call that is not idempotent was run twice.
- Events: {counted["events"]:,}, each of which took effect exactly once.
"""
