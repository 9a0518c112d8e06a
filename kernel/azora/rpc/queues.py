"""The queues of events as the broker sees them from outside: how full they are, and their end."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import amqp
import eventlet

from azora.contract import Handler
from azora.errors import Unavailable
from azora.rpc.connection import LOST
from azora.rpc.link import CONNECT_TIMEOUT, address_of


def queue_of(plugin: str, handler: Handler) -> str:
    """The queue of one handler, named as stock Nameko would."""
    source, _, name = handler.event.partition(".")
    return f"evt-{source}-{name}--{plugin}.{handler.name}"


class Depth(NamedTuple):
    """How many messages wait in a queue, those in hand left out, and how many read it."""

    waiting: int
    readers: int


def depths(broker: str, queues: Collection[str]) -> dict[str, Depth]:
    """How deep each queue is, asked on a connection of its own; one that is not there is empty.

    Raises Unavailable.
    """
    if not queues:
        return {}
    with _connected(broker) as connection:
        return {queue: _depth(connection, queue) for queue in queues}


def is_there(broker: str, queue: str) -> bool:
    """Whether the broker has this queue. Raises Unavailable."""
    with _connected(broker) as connection, connection.channel() as channel:
        try:
            channel.queue_declare(queue, passive=True)
        except amqp.NotFound:
            return False
    return True


def delete_queues(broker: str, queues: Collection[str]) -> None:
    """Delete queues, with the events and calls in them. Raises Unavailable."""
    with _connected(broker) as connection, connection.channel() as channel:
        for queue in queues:
            channel.queue_delete(queue)


def _depth(connection: amqp.Connection, queue: str) -> Depth:
    with connection.channel() as channel:
        try:
            found = channel.queue_declare(queue, passive=True)
        except amqp.NotFound:
            return Depth(0, 0)
        return Depth(found.message_count, found.consumer_count)


@contextmanager
def _connected(broker: str) -> Iterator[amqp.Connection]:
    limit = eventlet.Timeout(CONNECT_TIMEOUT, TimeoutError("it does not answer in time"))
    try:
        with limit, address_of(broker) as address:
            yield address.connection
    except LOST as error:
        raise Unavailable(
            f"The broker cannot be asked: {error}. Nothing was changed.", code="broker_unavailable"
        ) from None
