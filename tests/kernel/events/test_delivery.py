"""Events reach their handlers once in effect, whatever fails on the way."""

from collections import Counter

import eventlet
import pytest
from tests.kernel.events.hosts import (
    FAST,
    envelope,
    eventually,
    handler,
    make_seen,
    rows,
    seen,
    states,
    write_seen,
)

from azora.errors import Unavailable
from azora.events.consumer import Pace


@pytest.fixture
def maker(hosts):
    return hosts.host("maker")


def reader(hosts, function=write_seen, pace=FAST, **facts):
    host = hosts.host("reader", (handler(**facts), function), pace=pace)
    make_seen(host)
    return host


def settled(host):
    return set(states(host)) <= {"done", "parked", "discarded"}


def test_an_emitted_event_reaches_every_handler_of_its_type_and_no_other(hosts, maker):
    other = hosts.host(
        "other", (handler("one"), write_seen), (handler("two", "maker.stopped"), write_seen)
    )
    make_seen(other)
    first = reader(hosts)
    hosts.start()
    maker.emit(envelope(1))
    eventually(lambda: seen(first) == [1] and seen(other) == [1])
    assert not maker.outbox.waiting(maker.database)


def test_an_event_is_told_only_if_its_transaction_commits(hosts, maker):
    host = reader(hosts)
    hosts.start()
    with pytest.raises(ZeroDivisionError), maker.transaction():
        maker.emit(envelope(1))
        raise ZeroDivisionError
    with maker.transaction():
        maker.emit(envelope(2))
    eventually(lambda: seen(host) == [2])


def test_a_repeated_event_has_its_effect_once(hosts):
    host = reader(hosts)
    hosts.start()
    again = [envelope(1)] * 3
    host.consumer.accept(again)
    host.consumer.accept(again)
    eventually(lambda: seen(host) == [1])
    host.consumer.accept(again)
    assert host.consumer.deliver(handler(), again[0]) == "duplicate"
    eventually(lambda: settled(host))
    assert seen(host) == [1]


def test_a_first_attempt_straight_from_a_queue_is_done_once(hosts):
    host = reader(hosts)
    event = envelope(5)
    outcomes = [eventlet.spawn(host.consumer.deliver, handler(), event) for _ in range(4)]
    assert Counter(each.wait() for each in outcomes) == {"done": 1, "duplicate": 3}
    assert seen(host) == [5]


def test_a_handler_without_a_transaction_is_settled_when_it_returns(hosts):
    heard = []
    host = reader(hosts, lambda host, data, _: heard.append(data["n"]))
    assert host.consumer.deliver(handler(), envelope(1)) == "done"
    hosts.start()
    host.consumer.accept([envelope(2)])
    eventually(lambda: states(host) == {"done": 2})
    assert heard == [1, 2]


def test_a_failing_handler_is_tried_again_until_it_succeeds(hosts):
    tries = []

    def flaky(host, data, event):
        tries.append(data["n"])
        with host.transaction():
            host.database.execute("INSERT INTO seen (n) VALUES (?)", data["n"])
            if len(tries) < 4:
                raise ValueError("not yet")

    host = reader(hosts, flaky)
    hosts.start()
    assert host.consumer.deliver(handler(), envelope(1)) == "stored"
    eventually(lambda: states(host) == {"done": 1})
    assert (tries, seen(host)) == ([1] * 4, [1])


def test_a_failure_after_the_commit_is_not_tried_again(hosts):
    def late(host, data, event):
        write_seen(host, data, event)
        raise ValueError("too late")

    host = reader(hosts, late)
    hosts.start()
    assert host.consumer.deliver(handler(), envelope(1)) == "done"
    host.consumer.accept([envelope(2)])
    eventually(lambda: states(host) == {"done": 2})
    assert seen(host) == [1, 2]


def test_a_second_transaction_of_one_attempt_is_refused_in_words(hosts):
    refused = []

    def twice(host, data, event):
        write_seen(host, data, event)
        try:
            write_seen(host, data, event)
        except Exception as error:
            refused.append(error)
            raise

    host = reader(hosts, twice)
    host.consumer.deliver(handler(), envelope(1))
    assert refused[0].code == "second_transaction"
    assert seen(host) == [1]


def test_an_event_that_always_fails_is_parked_with_what_one_needs_to_know(hosts):
    def poison(host, data, event):
        raise ValueError(f"cannot digest {data['n']}")

    host = reader(hosts, poison, attempts=3)
    hosts.start()
    host.consumer.accept([envelope(7, id="poison")])
    parked = eventually(host.consumer.parked)
    assert [(each.id, each.handler, each.attempts, each.error) for each in parked] == [
        ("poison", "seen", 3, "ValueError: cannot digest 7")
    ]
    assert "in poison" in parked[0].stack
    host.functions["seen"] = write_seen
    assert host.consumer.redrive(["poison"]) == 1
    eventually(lambda: states(host) == {"done": 1})
    assert seen(host) == [7]


def test_a_discarded_event_is_never_run_again(hosts):
    def poison(host, data, event):
        raise ValueError

    host = reader(hosts, poison, attempts=1)
    hosts.start()
    bad = envelope(7)
    host.consumer.accept([bad])
    eventually(host.consumer.parked)
    host.consumer.discard([bad.id], "a test")
    host.functions["seen"] = write_seen
    host.consumer.accept([bad])
    assert states(host) == {"discarded": 1}
    assert rows(host, "SELECT error FROM azora_inbox") == [("discarded: a test",)]


def test_ordered_handlers_keep_the_order_of_each_key_across_retries(hosts, maker):
    stumbled = set()

    def stumbling(host, data, event):
        if data["n"] % 3 == 0 and data["n"] not in stumbled:
            stumbled.add(data["n"])
            raise ValueError("once")
        eventlet.sleep(0.001 * (data["n"] % 2))
        write_seen(host, data, event)

    host = reader(hosts, stumbling, ordered=True)
    hosts.start()
    for n in range(60):
        maker.emit(envelope(n, key=str(n % 4)))
    eventually(lambda: len(seen(host)) == 60, 30)
    for key in range(4):
        assert [n for n in seen(host) if n % 4 == key] == list(range(key, 60, 4))


def test_a_parked_event_holds_back_its_own_key_only(hosts):
    def picky(host, data, event):
        if data["n"] == 0:
            raise ValueError
        write_seen(host, data, event)

    host = reader(hosts, picky, ordered=True, attempts=2)
    hosts.start()
    host.consumer.accept(
        [envelope(0, "a", id="bad"), envelope(1, "a"), envelope(2, "b"), envelope(3, "a")]
    )
    parked = eventually(host.consumer.parked)
    eventually(lambda: seen(host) == [2])
    host.consumer.accept([envelope(4, "a")])
    host.consumer.accept([envelope(5, "b")])
    eventually(lambda: seen(host) == [2, 5])
    assert parked[0].behind == 2
    host.consumer.discard(["bad"], "a test")
    eventually(lambda: seen(host) == [2, 5, 1, 3, 4])


def test_handlers_run_side_by_side_within_the_bound(hosts):
    running, most = set(), []

    def slow(host, data, event):
        running.add(data["n"])
        most.append(len(running))
        eventlet.sleep(0.02)
        running.discard(data["n"])

    host = reader(hosts, slow, pace=Pace(width=5))
    hosts.start()
    host.consumer.accept([envelope(n) for n in range(25)])
    eventually(lambda: states(host) == {"done": 25})
    assert max(most) == 5


def test_the_relay_keeps_events_while_the_courier_cannot_take_them(hosts, maker):
    host = reader(hosts)
    local = hosts.courier
    refusals = []

    class Unreliable:
        at_once = 200

        def publish(self, envelopes):
            if len(refusals) < 2:
                refusals.append(len(envelopes))
                raise Unavailable("no broker")
            local.publish(envelopes)

    maker.relay.courier = Unreliable()
    maker.emit(envelope(1))
    hosts.start()
    eventually(lambda: seen(host) == [1])
    assert refusals == [1, 1]


def test_a_courier_that_is_too_slow_is_given_less_at_once(hosts, maker):
    host = reader(hosts)
    local, sizes = hosts.courier, []

    class Slow:
        at_once = 64

        def publish(self, envelopes):
            sizes.append(len(envelopes))
            if len(envelopes) > 10:
                raise Unavailable("too much at once")
            local.publish(envelopes)

    maker.relay.courier = Slow()
    for n in range(40):
        maker.emit(envelope(n))
    hosts.start()
    eventually(lambda: sorted(seen(host)) == list(range(40)))
    assert sizes[:4] == [40, 32, 16, 8] and sum(size for size in sizes if size <= 10) == 40


def test_settled_rows_are_forgotten_after_their_time_and_parked_ones_are_not(hosts):
    def picky(host, data, event):
        if data["n"] == 0:
            raise ValueError

    pace = Pace(first_pause=0.005, idle=0.05, keep_done=0.1, clean_every=0.05)
    host = reader(hosts, picky, pace=pace, attempts=1)
    hosts.start()
    host.consumer.accept([envelope(0), envelope(1), envelope(2)])
    eventually(lambda: states(host) == {"parked": 1})


def test_an_event_that_is_redelivered_after_a_crash_is_stored_first(hosts):
    host = reader(hosts)
    assert host.consumer.deliver(handler(), envelope(1), redelivered=True) == "stored"
    assert rows(host, "SELECT state, attempts, crashes FROM azora_inbox") == [("pending", 1, 1)]
    hosts.start()
    eventually(lambda: seen(host) == [1])


def test_ordered_events_brought_by_a_queue_side_by_side_keep_their_order(hosts):
    host = reader(hosts, ordered=True)
    hosts.start()
    ordered = handler(ordered=True)
    for n in range(40):
        eventlet.spawn_n(host.consumer.deliver, ordered, envelope(n, "k"), n % 2 == 0)
    eventually(lambda: len(seen(host)) == 40, 30)
    assert seen(host) == list(range(40))


def test_ordered_events_wait_for_a_database_that_is_away_and_keep_their_order(hosts):
    host = reader(hosts, ordered=True)
    away = [True]
    insert = host.consumer.inbox.insert

    def unreliable(rows, now, crashes=0):
        if away[0] and rows[0][0].key == "k":
            away[0] = False
            raise Unavailable("away")
        insert(rows, now, crashes)

    host.consumer.inbox.insert = unreliable
    hosts.start()
    for n in range(5):
        eventlet.spawn_n(host.consumer.deliver, handler(ordered=True), envelope(n, "k"))
    eventually(lambda: len(seen(host)) == 5)
    assert seen(host) == list(range(5))
