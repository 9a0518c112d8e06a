"""The queues of events as the broker sees them from outside: how full they are, and their end."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, Self

from amqp.exceptions import NotFound as NoSuchQueue
from kombu import Connection

from azora.contract import Handler
from azora.errors import Unavailable

TIMEOUT = 5.0


def queue_of(plugin: str, handler: Handler) -> str:
    """The queue of one handler, named as stock Nameko would."""
    source, _, name = handler.event.partition(".")
    return f"evt-{source}-{name}--{plugin}.{handler.name}"


class Waiting(NamedTuple):
    """Events in queues that somebody reads, and in those that nobody reads; not those in hand."""

    read: int
    unread: int


class Backlog:
    """Counts what some queues hold. Raises Unavailable."""

    def __init__(self, broker: str, queues: Collection[str]) -> None:
        self._connection = Connection(broker, connect_timeout=TIMEOUT)
        self._queues = queues

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.release()

    def events(self) -> Waiting:
        """What waits now; a queue that is not there holds nothing."""
        read = unread = 0
        with _answering():
            for queue in self._queues:
                waiting, readers = self._look_at(queue)
                read, unread = (read + waiting, unread) if readers else (read, unread + waiting)
        return Waiting(read, unread)

    def _look_at(self, queue: str) -> tuple[int, int]:
        channel: Any
        with self._connection.channel() as channel:
            try:
                found = channel.queue_declare(queue, passive=True)
            except NoSuchQueue:
                return 0, 0
            return found.message_count, found.consumer_count


def delete_queues(broker: str, queues: Collection[str]) -> None:
    """Delete queues, with the events and calls in them. Raises Unavailable."""
    with _answering(), Connection(broker, connect_timeout=TIMEOUT) as connection:
        for queue in queues:
            connection.default_channel.queue_delete(queue)


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(f"The broker does not answer: {error}. Nothing was changed.") from None
