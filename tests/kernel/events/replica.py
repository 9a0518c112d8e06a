"""A process that emits and handles events until it is killed: python -m tests.kernel.events.replica …

It prints a line for each number that it has emitted and committed. Arguments: folder, URL or "-",
first number, last number, seed, and the number at whose event it kills itself (-1 for none).
"""

from azora import command  # patches before anything else is imported

import os  # isort: skip
import random
import signal
import sys

import eventlet
from tests.kernel.events.hosts import Hosts, envelope, handler, make_seen, write_seen

from azora.events.consumer import Pace
from azora.events.relay import Relay

__all__ = ["command"]

PACE = Pace(first_pause=0.01, longest_pause=0.1, idle=0.2, lease=1.0, grace=1.0)
KEYS = 7


def main(folder, url, first, last, seed, fatal):
    chance = random.Random(seed)
    hosts = Hosts(folder, None if url == "-" else url)

    def flaky(host, data, event):
        if data["n"] == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        if chance.random() < 0.05:
            raise ValueError("flaky")
        if data["n"] % 7 == 0:
            eventlet.sleep(0.002)
        write_seen(host, data, event)
        if data["n"] % 11 == 0:
            eventlet.sleep(0.001)

    maker = hosts.host("maker")
    maker.relay = Relay(maker, hosts.courier, lease=2.0)
    facts = {"attempts": 3 if fatal >= 0 else 50, "timeout": 1.0}
    reader = hosts.host(
        "reader",
        (handler("loose", **facts), flaky),
        (handler("strict", "maker.ordered", ordered=True, **facts), flaky),
        pace=PACE,
    )
    make_seen(reader)
    hosts.start()
    print("ready", flush=True)
    for n in range(first, last):
        with maker.transaction():
            kind = "maker.ticked" if n % 2 else "maker.ordered"
            maker.emit(envelope(n, key=str(n % KEYS), kind=kind, id=f"event-{n:06}"))
            if n % 5 == 0:
                eventlet.sleep(0.001)
        print(n, flush=True)
        eventlet.sleep(0)
    eventlet.sleep(120)


if __name__ == "__main__":
    folder, url, first, last, seed, fatal = sys.argv[1:]
    main(folder, url, int(first), int(last), int(seed), int(fatal))
