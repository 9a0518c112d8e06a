"""Processes killed with SIGKILL while they emit, relay and handle: nothing lost, nothing doubled."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import eventlet
import pytest
from tests.kernel.events.hosts import (
    Hosts,
    envelope,
    eventually,
    handler,
    rows,
    seen,
    states,
    write_seen,
)
from tests.kernel.events.replica import KEYS, PACE

ROOT = Path(__file__).parents[3]
SEED = 20261123


def start(folder, url, first, last, fatal=-1, seed=SEED):
    arguments = [str(folder), url or "-", str(first), str(last), str(seed), str(fatal)]
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.kernel.events.replica", *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert child.stdout.readline() == b"ready\n"
    return child


def kill(child):
    """End it at once; the numbers that it still said it had committed."""
    child.kill()
    return [int(line) for line in child.communicate()[0].split()]


def ended(child, within):
    """Whether the process ends of itself within so many seconds."""
    limit = time.monotonic() + within
    while child.poll() is None and time.monotonic() < limit:
        eventlet.sleep(0.02)
    return child.poll() is not None


@pytest.fixture
def reopened(tmp_path, url):
    """The same data in this process, with handlers that do not fail."""
    opened = []

    def reopen():
        hosts = Hosts(tmp_path, url)
        opened.append(hosts)
        maker = hosts.host("maker")
        facts = {"attempts": 50, "timeout": 1.0}
        reader = hosts.host(
            "reader",
            (handler("loose", **facts), write_seen),
            (handler("strict", "maker.ordered", ordered=True, **facts), write_seen),
            pace=PACE,
        )
        hosts.start()
        return maker, reader

    yield reopen
    for hosts in opened:
        hosts.close()


def drained(maker, reader):
    return not maker.outbox.waiting(maker.database) and set(states(reader)) <= {"done", "parked"}


def test_a_campus_killed_again_and_again_loses_and_doubles_nothing(tmp_path, url, reopened):
    chance = random.Random(SEED)
    promised = set()
    for _ in range(4):
        first = max(promised, default=-1) + 2
        child = start(tmp_path, url, first, first + 100_000)
        for _ in range(chance.randrange(100, 300)):
            promised.add(int(child.stdout.readline()))
        promised |= set(kill(child))
    maker, reader = reopened()
    eventually(lambda: drained(maker, reader), 60)
    handled = seen(reader)
    assert len(handled) == len(set(handled))
    assert promised <= set(handled)
    for key in range(KEYS):
        ordered = [n for n in handled if n % 2 == 0 and n % KEYS == key]
        assert ordered == sorted(ordered)


def test_an_event_that_kills_its_process_is_parked_and_the_others_go_on(tmp_path, url, reopened):
    fatal, last = 31, 80
    child = start(tmp_path, url, 0, last, fatal)
    ends = 0
    while ends < 6 and ended(child, within=6.0):
        ends += 1
        child = start(tmp_path, url, last, last, fatal)
    kill(child)
    maker, reader = reopened()
    eventually(lambda: drained(maker, reader), 30)
    parked = reader.consumer.parked()
    assert [each.id for each in parked] == [f"event-{fatal:06}"]
    assert "the process ended during attempt" in parked[0].error
    assert 2 <= ends <= 4
    emitted = {int(id_[6:]) for (id_,) in rows(reader, "SELECT event FROM azora_inbox")}
    assert sorted(seen(reader)) == sorted(emitted - {fatal})


def test_two_replicas_share_the_work_with_duplicates_and_a_death_between_them(tmp_path, postgresql):
    url = postgresql.new_database()
    chance = random.Random(SEED)
    one, two = start(tmp_path, url, 0, 400), start(tmp_path, url, 1000, 1400, seed=SEED + 1)
    hosts = Hosts(tmp_path, url)
    reader = hosts.host("reader", (handler("loose"), write_seen), pace=PACE)
    for _ in range(60):
        one.stdout.readline()
    doubles = [envelope(n, id=f"event-{n:06}") for n in range(1, 400, 2)] * 2
    chance.shuffle(doubles)
    reader.consumer.accept(doubles)
    promised = {int(line) for line in kill(one)}
    maker = hosts.host("maker")
    eventually(lambda: rows(reader, "SELECT 1 FROM azora_inbox WHERE event = 'event-001399'"), 60)
    eventually(lambda: drained(maker, reader), 60)
    handled = seen(reader)
    kill(two)
    hosts.close()
    assert len(handled) == len(set(handled))
    assert promised | set(range(1000, 1400)) | set(range(1, 400, 2)) <= set(handled)


def test_the_attempt_count_outlives_a_kill_in_the_retry_loop(tmp_path, url):
    hosts = Hosts(tmp_path, url)

    def poison(host, data, event):
        raise ValueError

    reader = hosts.host("reader", (handler("loose"), poison), pace=PACE)
    reader.consumer.deliver(handler("loose"), envelope(1))
    hosts.close()
    again = Hosts(tmp_path, url)
    reader = again.host("reader", (handler("loose", attempts=3), poison), pace=PACE)
    again.start()
    eventually(reader.consumer.parked)
    assert reader.consumer.parked()[0].attempts == 3
    again.close()
