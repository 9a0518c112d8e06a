"""Stock Nameko's events, as its documentation says: a dispatcher, and three services with a handler each.

`python -m benchmarks.flow_peer tell|hear BROKER`. They have neither outbox nor inbox, and write nothing.
"""

import sys
import time
from collections import Counter

import eventlet

eventlet.monkey_patch()

from nameko.containers import ServiceContainer  # noqa: E402
from nameko.events import EventDispatcher, event_handler  # noqa: E402
from nameko.extensions import Entrypoint  # noqa: E402

from benchmarks.load import answer_orders  # noqa: E402

heard: Counter[str] = Counter()


class Once(Entrypoint):
    """Fired by hand, once the container runs."""


class Maker:
    name = "stock_bench"
    dispatch = EventDispatcher()

    @Once.decorator
    def tell(self):
        def measure(count):
            worked = time.process_time()
            for number in range(int(count)):
                self.dispatch("ticked", {"number": number})
            return {"processor": time.process_time() - worked}

        answer_orders(measure)


def listener(name):
    class Listener:
        @event_handler("stock_bench", "ticked")
        def count(self, event):
            heard[name] += 1

    Listener.name = name
    return Listener


NAMES = ("stock_first", "stock_second", "stock_third")


def hear_all(count):
    goal, worked = {name: heard[name] + int(count) for name in NAMES}, time.process_time()
    while any(heard[name] < goal[name] for name in NAMES):
        eventlet.sleep(0.005)
    return {"processor": time.process_time() - worked}


def main(role, broker):
    services = [Maker] if role == "tell" else [listener(name) for name in NAMES]
    containers = [ServiceContainer(service, config={"AMQP_URI": broker}) for service in services]
    for container in containers:
        container.start()
    if role == "tell":
        containers[0].spawn_worker(next(iter(containers[0].entrypoints)), (), {})
        containers[0].wait()
    else:
        eventlet.sleep(0.5)
        answer_orders(hear_all)


main(*sys.argv[1:])
