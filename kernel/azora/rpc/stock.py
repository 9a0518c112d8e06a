"""Stock Nameko's RPC under the kernel: what its callers and its services here have in common.

The setting `rpc` chooses it. Consumers, replies and publishers are Nameko's on kombu and py-amqp, with
connections of their own; nothing of our frames is between.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import amqp
import eventlet
from kombu import Connection as Address
from kombu.exceptions import OperationalError
from kombu.pools import connections
from nameko.amqp.publish import Publisher
from nameko.constants import (
    AMQP_SSL_CONFIG_KEY,
    AMQP_URI_CONFIG_KEY,
    HEARTBEAT_CONFIG_KEY,
    MAX_WORKERS_CONFIG_KEY,
    NON_PERSISTENT,
)
from nameko.containers import ServiceContainer
from nameko.messaging import QueueConsumer

from azora.rpc.connection import HEARTBEAT, LONGEST_PAUSE, LOST, SHORTEST_PAUSE, BrokerConnection
from azora.rpc.link import security_of

FAILED = (*LOST, OperationalError)
JSON = {"content_type": "application/json", "content_encoding": "utf-8"}


def configuration(url: str, max_workers: int) -> dict[str, Any]:
    """What Nameko is told."""
    return {
        AMQP_URI_CONFIG_KEY: url,
        AMQP_SSL_CONFIG_KEY: security_of(url) or None,
        HEARTBEAT_CONFIG_KEY: HEARTBEAT,
        MAX_WORKERS_CONFIG_KEY: max_workers,
    }


def publisher(url: str, **options: Any) -> Publisher:
    """Publishes transient messages, each confirmed.

    It never publishes twice of its own accord: what was lost unconfirmed may have arrived.
    """
    given = {"delivery_mode": NON_PERSISTENT, "retry": False} | options
    return Publisher(url, ssl=security_of(url) or None, **JSON, **given)


def forget_connections(url: str) -> None:
    """Let publishers connect anew: those that Nameko keeps are gone with their broker."""
    address = Address(url).as_uri(include_password=True)
    for pool in list(connections.values()):
        if pool.connection.as_uri(include_password=True) == address:
            pool.resize(pool.limit, reset=True)


class Consumer(QueueConsumer):
    """Nameko's consumer, which comes back as soon as the broker does."""

    @contextmanager
    def establish_connection(self) -> Iterator[Address]:
        with self.create_connection() as connection:
            connection.ensure_connection(
                self.on_connection_error,
                interval_start=SHORTEST_PAUSE,
                interval_step=SHORTEST_PAUSE,
                interval_max=LONGEST_PAUSE,
            )
            yield connection


class StockContainer:
    """A container of Nameko's that runs while the process has a broker; one that dies is made anew."""

    def __init__(self, make: Callable[[], ServiceContainer], connection: BrokerConnection) -> None:
        self._make = make
        self._connection = connection
        self._stopping = False
        self.running: ServiceContainer | None = None
        connection.add_step(self._start)
        connection.on_stop.append(self.stop)

    def stop(self) -> None:
        """Take nothing new; what is running goes on and is answered."""
        self._stopping = True
        if self.running is not None:
            eventlet.spawn_n(self.running.stop)

    def _start(self, _link: amqp.Connection) -> None:
        if self._stopping or self.running is not None:
            return
        container = self._make()
        try:
            container.start()
        except BaseException:
            eventlet.spawn_n(container.kill)
            raise
        self.running = container
        eventlet.spawn_n(self._watch, container)

    def _watch(self, container: ServiceContainer) -> None:
        try:
            container.wait()
        except Exception:  # whatever it was, the process stays reachable
            self._connection.log.exception("stock_rpc_died")
            self.running = None
            self._connection.renew()
