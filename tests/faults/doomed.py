"""The `azora` command in processes that kill themselves at a named point, once for each order.

An order is a file named as the point, in the folder that the variable KILL_ORDERS names; whoever
removes it dies. The kernel knows nothing of this: its methods are wrapped from here, before the fork.
"""

from azora import command  # patches before anything else is imported

import os  # isort: skip
import signal
from pathlib import Path

from azora.dispatch import BoundOperation
from azora.events.claim import Claim
from azora.events.outbox import Outbox
from azora.events.relay import Relay
from azora.hosted import HostedPlugin
from azora.processes.supervisor import Child
from azora_library.catalogue.service import Counters

ORDERS = Path(os.environ["KILL_ORDERS"])
LIBRARY = "library"


def obey(point):
    """Die if this point is ordered, and let nobody else die of the same order."""
    try:
        (ORDERS / point).unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def fall_before(owner, method, point, concerned=lambda *_: True):
    original = getattr(owner, method)

    def wrapped(*arguments, **named):
        if concerned(*arguments):
            obey(point)
        return original(*arguments, **named)

    setattr(owner, method, wrapped)


def fall_after(owner, method, point, concerned=lambda *_: True):
    original = getattr(owner, method)

    def wrapped(*arguments, **named):
        result = original(*arguments, **named)
        if concerned(*arguments):
            obey(point)
        return result

    setattr(owner, method, wrapped)


def asks_for(full):
    return lambda bound, *_: bound.full == full


def of_the_library(_self, database, *_):
    return database.name == LIBRARY


def prepare():
    Child.delay = 0.0  # these processes fall more often than any that is well
    fall_after(Outbox, "append", "event-written-not-committed", of_the_library)
    fall_before(
        Relay, "_publish", "committed-not-relayed", lambda relay, _: relay.hosted.name == LIBRARY
    )
    fall_before(Outbox, "remove", "published-not-removed", of_the_library)
    fall_before(Counters, "_count", "handling-before-its-transaction")
    fall_after(Claim, "take", "handling-inside-its-transaction", of_the_library)
    fall_after(
        HostedPlugin,
        "handle",
        "handled-not-acknowledged",
        lambda hosted, *_: hosted.name == LIBRARY,
    )
    fall_before(BoundOperation, "run", "write-begun", asks_for("library.add_resource"))
    fall_after(BoundOperation, "run", "write-not-answered", asks_for("library.add_resource"))
    fall_before(BoundOperation, "run", "read-begun", asks_for("library.list_types"))


if __name__ == "__main__":
    prepare()
    command.main()
