"""Faults in a random order, under load: each call has one outcome, each event one effect.

A failure prints its seed. `SOAK_SCHEDULES=100` (`make soak`) runs that many schedules of its own seeds.
"""

import collections
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
from tests.faults.callers import BLOCKS, CALLERS, Callers, eventually, settle
from tests.faults.ringing import HEARTBEAT, hosting
from tests.faults.segment import Segment

from azora.testing.parts import PARTS
from azora.testing.rabbitmq import RabbitMQ

pytestmark = pytest.mark.needs("rabbitmq")

OLD_ENOUGH = 12.0
"""RabbitMQ 3.10 that is killed within seconds of a quorum queue's declaration never serves it again."""

PAGE = Path(__file__).parents[2] / "docs" / "soak.md"
SOAKING = int(os.environ.get("SOAK_SCHEDULES", "0"))
FAULTS_OF_A_SCHEDULE = 3 if SOAKING else 2
SEEDS = [random.randrange(10**6) for _ in range(SOAKING)] if SOAKING else [1, 5, 8, 10, 15]


class Campus:
    """`bell` in a process of its own, `tower` here, and the broker between them.

    With a segment, `bell` has a network of its own.
    """

    def __init__(self, folder: Path, broker: RabbitMQ, segment: Segment | None) -> None:
        self.broker = broker
        self._segment = segment
        at = broker.new_vhost()
        self.tower = hosting("tower", folder, at)
        command = [sys.executable, "-m", "tests.faults.ringing", str(folder), at]
        if segment:
            command[-1] = at.replace("127.0.0.1", segment.address)
            command = segment.inside(*command)
        self._bell = subprocess.Popen(
            command,
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

    def slowed(self, seconds: float) -> None:
        """The broker gets a tenth of its processor time, in small pieces."""
        end = time.monotonic() + 2 * seconds
        while time.monotonic() < end:
            self.broker.suspend()
            time.sleep(0.09)
            self.broker.resume()
            time.sleep(0.01)

    def cut(self, seconds: float) -> None:
        """Between the process that answers and the broker no packet passes."""
        assert self._segment
        self._segment.cut()
        time.sleep(2 * seconds)
        self._segment.mend()

    def connections_across(self) -> set[str]:
        """The broker's connections through the segment, by their ports there."""
        assert self._segment
        listed = self.broker.control("list_connections", "host", "peer_port").splitlines()
        return {line for line in listed if line.startswith(self._segment.address)}

    def close(self) -> None:
        self.tower.stop(grace=1)
        self._bell.kill()
        self._bell.wait()


FAULTS = {
    Campus.killed: 1, Campus.restarted: 1, Campus.stalled: 3, Campus.alarmed: 2, Campus.disconnected: 3,
    Campus.slowed: 2, Campus.cut: 2,
}  # fmt: skip
"""Each with its weight."""


@pytest.fixture(scope="module")
def segment():
    """None where this machine may not have one: then there is no fault of its kind."""
    segment = Segment() if PARTS["veth"]() else None
    if segment is None:
        FAULTS.pop(Campus.cut, None)
    yield segment
    if segment:
        segment.close()


@pytest.fixture(scope="module")
def campus(tmp_path_factory, segment):
    broker = RabbitMQ(segment and segment.address).start()
    campus = Campus(tmp_path_factory.mktemp("ringing") / "data", broker, segment)
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


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happens_in_whatever_order(campus, seed, tally):
    chance = random.Random(seed)
    callers = Callers(campus.tower, first=next(BLOCKS))
    for fault in chance.choices(list(FAULTS), list(FAULTS.values()), k=FAULTS_OF_A_SCHEDULE):
        eventlet.sleep(chance.uniform(0.1, 0.5))
        tpool.execute(fault, campus, chance.uniform(0.1, 1.0))
        tally[fault.__name__] += 1
    rung = settle(campus.tower, callers)
    tally.update(outcome for (outcome,) in callers.outcomes.values())
    tally.update(schedules=1, events=len(rung))


@pytest.mark.needs("veth")
def test_a_network_that_is_cut_until_both_sides_give_up_loses_nothing(campus):
    callers = Callers(campus.tower, first=next(BLOCKS))
    eventually(lambda: len(callers.with_outcome("done")) > 100)
    before = campus.connections_across()
    tpool.execute(campus.cut, 2.5 * HEARTBEAT)
    settle(campus.tower, callers)
    assert callers.with_outcome("late")
    assert len(before) == 1
    assert not before & campus.connections_across()


def page(counted: collections.Counter[str]) -> str:
    """docs/soak.md."""
    faults = ", ".join(f"{fault.__name__} {counted[fault.__name__]}" for fault in FAULTS)
    return f"""\
# A soak

Written by `make soak` on {time.strftime("%d %B %Y")}: {counted["schedules"]} random schedules of {FAULTS_OF_A_SCHEDULE} faults each,
every one under the load of {CALLERS} callers, with RabbitMQ between two processes. `tests/faults/test_schedules.py`
says what is checked after each; all of it held.

- Faults: {faults}. (Killed and restarted: the broker. Stalled: the process that answers, by SIGSTOP. Alarmed: the
  broker's memory. Disconnected: every connection, by the broker.
  Slowed: the broker, to a tenth of its processor time. Cut: the network between it and the process that answers, by taking
  a veth down.)
- Calls, each with exactly one outcome: {counted["done"]:,} answered, {counted["not_sent"]:,} refused as not sent, of which none was
  run, {counted["unknown"]:,} told that nobody knows, {counted["late"]:,} at their deadline.
- No call that is not idempotent was run twice.
- Events: {counted["events"]:,}, each of which took effect exactly once.
"""
