"""A reader in batches, and a process in which it is told events in every way, until that is killed.

`python -m tests.kernel.events.batch_replica FOLDER URL`: it prints a line for each batch that was taken over.
"""

from azora import command  # patches before anything else is imported

import random  # isort: skip
import sys
from pathlib import Path

import eventlet
from tests.kernel.events.hosts import Hosts, envelope, handler, make_seen

from azora.events.consumer import Pace
from azora.events.retelling import Stretch

__all__ = ["command"]

PACE = Pace(first_pause=0.01, longest_pause=0.1, idle=0.2, lease=1.0, grace=1.0)
FAST = Pace(first_pause=0.005, longest_pause=0.05, idle=0.5)


def reader_of(hosts, pace=FAST, ordered=False):
    """A host that keeps the numbers that it is told, ten at once; it can be made to fail."""
    listener = handler(batch=10, attempts=3, ordered=ordered)
    host = hosts.host("reader", (listener, keep), pace=pace)
    host.listener, host.batches, host.poison = listener, [], set()
    host.dies = host.fails_once = False
    make_seen(host)
    return host


def keep(host, told, _):
    numbers = [data["n"] for data in told]
    with host.transaction():
        for n in numbers:
            host.database.execute("INSERT INTO seen (n) VALUES (?)", n)
        if host.dies:
            raise SystemExit
        if host.fails_once or host.poison & set(numbers):
            host.fails_once = False
            raise ValueError("one of them is too much")
    host.batches.append(numbers)


def promise(host, numbers):
    """Note numbers whose events nobody brings again."""
    for n in numbers:
        host.database.execute("INSERT INTO brought (n) VALUES (?)", n)


def main(folder, url):
    hosts = Hosts(Path(folder), None if url == "-" else url)
    host = reader_of(hosts, PACE)
    with host.database.altering():
        host.database.execute("CREATE TABLE IF NOT EXISTS brought (n BIGINT)")
    hosts.start()
    chance = random.Random()
    while True:
        numbers = [chance.randrange(10**12) for _ in range(10)]
        events = [envelope(n) for n in numbers]
        with host.database.transaction():
            promise(host, numbers[:5])
            host.consumer.inbox.insert([(one, "seen", None) for one in events[:5]], 0.0)
        host.consumer.ring()
        host.consumer.deliver_batch(host.listener, events[:7])
        replay = Stretch(str(numbers[0]), 1, again=False)
        host.consumer.retelling.give(host.listener, events, replay)
        with host.database.transaction():
            promise(host, numbers[5:])
        print(len(numbers), flush=True)
        eventlet.sleep(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
