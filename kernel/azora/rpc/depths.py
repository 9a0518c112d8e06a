"""How many messages wait in queues: asked on a connection of its own, since the process's own is being read."""

import amqp
import eventlet
from kombu import Connection as Address

from azora.errors import Unavailable
from azora.rpc.connection import CONNECT_TIMEOUT, LOST


def depths(url: str, queues: list[str]) -> dict[str, int]:
    """The messages that wait in each queue; one that is not there is left out. Raises Unavailable."""
    if not queues:
        return {}
    try:
        with (
            eventlet.Timeout(CONNECT_TIMEOUT, TimeoutError("the broker does not answer")),
            Address(url, connect_timeout=CONNECT_TIMEOUT) as address,
        ):
            return dict(_depth(address.connection, queue) for queue in queues)
    except LOST as error:
        raise Unavailable(
            f"the broker cannot be asked: {error}", code="broker_unavailable"
        ) from None


def _depth(connection: amqp.Connection, queue: str) -> tuple[str, int]:
    try:
        with connection.channel() as channel:
            return queue, channel.queue_declare(queue, passive=True).message_count
    except amqp.NotFound:
        return queue, 0
