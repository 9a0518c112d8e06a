"""A process to which a queue brings events side by side, until it is killed.

`python -m tests.kernel.events.sharing_replica FOLDER URL`: it prints the number of each event that is settled.
"""

from azora import command  # patches before anything else is imported

import random  # isort: skip
import sys
from pathlib import Path

import eventlet
from tests.kernel.events.hosts import FAST, Hosts, envelope, handler, write_seen

__all__ = ["command"]


def main(folder, url):
    host = Hosts(Path(folder), url).host("reader", (handler(), write_seen), pace=FAST)
    chance = random.Random()

    def bring():
        while True:
            n = chance.randrange(10**12)
            if host.consumer.deliver(handler(), envelope(n, id=str(n))) == "done":
                print(n, flush=True)

    for greenlet in [eventlet.spawn(bring) for _ in range(40)]:
        greenlet.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
