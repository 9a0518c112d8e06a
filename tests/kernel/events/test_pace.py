"""How fast events go from end to end in one process, and that nobody is held up meanwhile.

Times are those of the processor, so that other work on the machine does not count.
"""

import statistics
import time

import eventlet
import pytest
from tests.kernel.events.hosts import (
    Hosts,
    envelope,
    eventually,
    handler,
    make_seen,
    rows,
    write_seen,
)

EVENTS = 2000
ROUNDS = 3
"""The best of so many counts: nothing makes a round faster than it is."""


def embedded(tmp_path):
    hosts = Hosts(tmp_path)
    maker = hosts.host("maker")
    reader = hosts.host("reader", (handler(), write_seen))
    make_seen(reader)
    with reader.database.altering():
        reader.database.execute("CREATE INDEX seen_n ON seen (n)")
    hosts.start()
    return hosts, maker, reader


@pytest.mark.untraced
def test_two_thousand_events_a_second_go_through_without_holding_greenlets_up(tmp_path, stalls):
    hosts, maker, reader = embedded(tmp_path)

    def emit(numbers):
        for n in numbers:
            maker.emit(envelope(n))
            eventlet.sleep(0)

    rates, stalled = [], []
    for part in range(1, ROUNDS + 1):
        stalls.longest = 0.0
        started = time.process_time()
        for lane in range(8):
            eventlet.spawn_n(emit, range(lane, EVENTS, 8))
        _wait_for(reader, EVENTS * part)
        rates.append(EVENTS / (time.process_time() - started))
        stalled.append(stalls.longest)
    hosts.close()
    assert max(rates) >= 2000
    assert min(stalled) <= 0.05


def _wait_for(reader, effects):
    eventually(lambda: rows(reader, "SELECT max(place) FROM seen") == [(effects,)], 60)


def test_a_single_event_is_handled_within_two_milliseconds_of_its_emission(tmp_path):
    hosts, maker, reader = embedded(tmp_path)
    medians = []
    for part in range(ROUNDS):
        times = []
        for n in range(part * 1000, part * 1000 + 50):
            started = time.process_time()
            maker.emit(envelope(n))
            while not rows(reader, "SELECT 1 FROM seen WHERE n = ?", n):
                eventlet.sleep(0)
            times.append(time.process_time() - started)
            eventlet.sleep(0.002)
        medians.append(statistics.median(times))
    hosts.close()
    assert min(medians) <= 0.002
