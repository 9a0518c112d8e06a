"""A peer that talks plain AMQP to a campus, as badly as a test wants."""

import json
import time
import uuid
from types import TracebackType

import amqp

EXCHANGE = "nameko-rpc"
GOOD = b'{"args": [], "kwargs": {}}'


class Peer:
    """Publishes whatever bytes it is given as body, headers, keys and properties."""

    def __init__(self, url: str) -> None:
        where, _, vhost = url.partition("@")[2].partition("/")
        self._connection = amqp.Connection(where, "guest", "guest", virtual_host=vhost)
        self._connection.connect()
        self.channel = self._connection.channel()
        self.replies = self.channel.queue_declare("", exclusive=True).queue
        self.channel.queue_bind(self.replies, EXCHANGE, self.replies)
        self._found: list[amqp.Message] = []
        self.channel.basic_consume(self.replies, no_ack=True, callback=self._found.append)

    def __enter__(self) -> "Peer":
        return self

    def __exit__(
        self, _kind: type | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def send(self, target: str | bytes, body: bytes = GOOD, headers=None, **properties) -> str:
        """Publish a request; its correlation id."""
        properties = {"correlation_id": uuid.uuid4().hex, "reply_to": self.replies} | properties
        message = amqp.Message(body, application_headers=headers or {}, **properties)
        self.channel.basic_publish(message, EXCHANGE, target)
        return properties["correlation_id"]

    def ask(self, target: str | bytes, body: bytes = GOOD, headers=None, **properties):
        """The one reply to a request, read as JSON."""
        return self.answer_to(self.send(target, body, headers, **properties))

    def answer_to(self, request: str):
        """The one reply to a request that was sent before."""
        while not (answers := [each for each in self._found if each.correlation_id == request]):
            self._connection.drain_events(timeout=15)
        self._found[:] = [each for each in self._found if each not in answers]
        assert len(answers) == 1
        return json.loads(answers[0].body)

    def listen(self, seconds: float) -> None:
        """Take what comes within so many seconds."""
        end = time.monotonic() + seconds
        try:
            while (left := end - time.monotonic()) > 0:
                self._connection.drain_events(timeout=left)
        except TimeoutError:
            return

    def waiting_in(self, queue: str) -> int:
        """How many messages a queue holds that nobody has taken yet."""
        return self.channel.queue_declare(queue, passive=True).message_count
