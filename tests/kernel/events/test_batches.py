"""Handlers that take many events at once: each counts once, whatever of its batch fails or dies."""

import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import eventlet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kernel.events.batch_replica import PACE, reader_of
from tests.kernel.events.hosts import Hosts, envelope, eventually, rows, seen, states

from azora.errors import PluginError
from azora.events.retelling import Stretch
from azora.handlers import on_event

ROOT = Path(__file__).parents[3]
ONCE = Stretch("r", 100, again=False)


def tell(host, events, **facts):
    """One batch of a replay."""
    host.consumer.retelling.give(host.listener, events, Stretch("r", 100, again=False, **facts))


@pytest.fixture
def host(hosts):
    return reader_of(hosts)


def drained(host):
    return set(states(host)) <= {"done", "parked"}


def told(count):
    return [envelope(n) for n in range(count)]


def test_what_has_piled_up_shares_one_transaction(hosts, host):
    host.consumer.accept(told(25))
    hosts.start()
    eventually(lambda: len(seen(host)) == 25)
    assert [len(batch) for batch in host.batches] == [10, 10, 5]
    assert seen(host) == list(range(25))


@pytest.mark.parametrize("way", ["accept", "queue", "replay"])
def test_of_a_batch_only_the_event_that_fails_is_tried_again_and_parked(hosts, host, way):
    host.poison = {3}
    events = told(10)
    if way == "accept":
        host.consumer.accept(events)
    elif way == "queue":
        host.consumer.deliver_batch(host.listener, events)
    else:
        host.consumer.retelling.give(host.listener, events, ONCE)
    hosts.start()
    (parked,) = eventually(host.consumer.parked)
    eventually(lambda: drained(host))
    assert (parked.id, parked.attempts) == (events[3].id, 3)
    assert sorted(seen(host)) == [0, 1, 2, 4, 5, 6, 7, 8, 9]


def test_a_batch_straight_from_a_queue_is_done_once_whoever_brings_it_again(hosts, host):
    events = told(6)
    host.consumer.deliver_batch(host.listener, events + events[:2])
    host.consumer.deliver_batch(host.listener, events)
    host.consumer.accept(events)
    hosts.start()
    eventually(lambda: drained(host))
    assert seen(host) == list(range(6))
    assert len(host.batches) == 1


def test_a_replay_goes_straight_to_the_handler_without_a_row_for_each_event(host):
    host.consumer.retelling.give(host.listener, told(10), ONCE)
    assert seen(host) == list(range(10))
    assert states(host) == {}
    assert rows(host, "SELECT place FROM azora_replays") == [(100,)]


def test_a_batch_of_a_replay_that_comes_twice_counts_once(host):
    events = told(5)
    for _ in range(2):
        host.consumer.retelling.give(host.listener, events, ONCE)
    host.consumer.retelling.give(host.listener, events, Stretch("s", 100, again=False))
    assert seen(host) == list(range(5))
    host.consumer.retelling.give(host.listener, events, Stretch("t", 100, again=True))
    assert Counter(seen(host)) == dict.fromkeys(range(5), 2)


def test_a_live_event_that_was_told_by_a_replay_before_is_passed_over(hosts, host):
    events = told(6)
    host.consumer.retelling.give(host.listener, events, ONCE)
    host.consumer.accept(events[:3])
    host.consumer.deliver_batch(host.listener, events[2:])
    hosts.start()
    eventually(lambda: drained(host))
    assert sorted(seen(host)) == list(range(6))


def test_what_waits_in_the_inbox_takes_its_place_there_in_a_replay(hosts, host):
    events = told(8)
    host.consumer.accept(events[:4])
    host.consumer.retelling.give(host.listener, events, ONCE)
    assert seen(host) == [4, 5, 6, 7]
    hosts.start()
    eventually(lambda: drained(host))
    assert sorted(seen(host)) == list(range(8))


def test_a_batch_of_which_its_process_died_is_stored_when_it_comes_again(hosts, host):
    """What the first try had begun is noted before it, in a transaction of its own."""
    host.dies = True
    with pytest.raises(SystemExit):
        host.consumer.retelling.give(host.listener, told(4), ONCE)
    host.dies = False
    assert seen(host) == []
    host.consumer.retelling.give(host.listener, told(4), ONCE)
    assert states(host) == {"pending": 4}
    hosts.start()
    eventually(lambda: sorted(seen(host)) == list(range(4)))


def test_a_replay_waits_in_the_inbox_while_its_handler_is_paused(hosts, host):
    with host.database.transaction():
        host.consumer.pauses.stop("seen", "paused")
    host.consumer.retelling.give(host.listener, told(4), ONCE)
    assert (seen(host), states(host)) == ([], {"pending": 4})
    with host.database.transaction():
        host.consumer.pauses.go_on("seen")
    hosts.start()
    eventually(lambda: sorted(seen(host)) == list(range(4)))


def test_events_of_one_key_keep_their_order_behind_one_that_fails(hosts):
    host = reader_of(hosts, ordered=True)
    host.poison = {0}
    host.consumer.retelling.give(
        host.listener, [envelope(n, key=str(n % 2)) for n in range(6)], ONCE
    )
    late = [envelope(n, key=str(n % 2)) for n in range(6, 10)]
    host.consumer.retelling.give(host.listener, late, Stretch("r", 200, again=False))
    hosts.start()
    eventually(host.consumer.parked)
    eventually(lambda: sorted(seen(host)) == [1, 3, 5, 7, 9])
    assert seen(host) == [1, 3, 5, 7, 9]
    host.poison = set()
    host.consumer.redrive([host.consumer.parked()[0].id])
    eventually(lambda: len(seen(host)) == 10)
    assert [n for n in seen(host) if n % 2 == 0] == [0, 2, 4, 6, 8]


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["accept", "queue", "replay", "run"]),
        st.lists(st.integers(0, 11), min_size=1, max_size=8, unique=True),
        st.booleans(),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(MOVES)
def test_each_event_counts_once_whatever_brings_it_in_whatever_order(moves):
    """Some batches fail at their first attempt."""
    with tempfile.TemporaryDirectory() as folder:
        hosts = Hosts(Path(folder))
        host = reader_of(hosts)
        events, brought = told(12), set()
        for place, (way, chosen, fails) in enumerate(moves):
            host.fails_once = fails
            batch = [events[n] for n in sorted(chosen)]
            if way == "run":
                hosts.start()
                eventlet.sleep(0.003)
                continue
            brought |= set(chosen)
            if way == "accept":
                host.consumer.accept(batch)
            elif way == "queue":
                host.consumer.deliver_batch(host.listener, batch)
            else:
                stretch = Stretch(f"r{place}", 1, again=False)
                host.consumer.retelling.give(host.listener, batch, stretch)
        hosts.start()
        eventually(lambda: drained(host))
        hosts.close()
        host = reader_of(Hosts(Path(folder)))
        assert sorted(seen(host)) == sorted(brought)
        host.database.close()


def test_a_process_killed_in_the_middle_of_batches_loses_and_doubles_nothing(tmp_path, url):
    chance = random.Random(20261123)
    for _ in range(4):
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.kernel.events.batch_replica", str(tmp_path), url or "-"],
            cwd=ROOT,
            env=os.environ | {"PYTHONWARNINGS": "ignore"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(chance.randrange(2, 9)):
            child.stdout.readline()
        child.kill()
        child.communicate()
    hosts = Hosts(tmp_path, url)
    host = reader_of(hosts, pace=PACE)
    hosts.start()
    eventually(lambda: drained(host), 40)
    brought = {n for (n,) in rows(host, "SELECT n FROM brought")}
    handled = seen(host)
    hosts.close()
    assert len(handled) == len(set(handled))
    assert brought <= set(handled) and brought


def test_a_handler_names_a_list_where_it_takes_batches():
    with pytest.raises(PluginError, match="at most 1000"):
        on_event("maker.ticked", batch=1001)
