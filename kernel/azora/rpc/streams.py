"""The stream in which the broker keeps every event: declared by whoever publishes, before the first event."""

import amqp

from azora.observe.logs import get_logger

SEGMENT = 100_000_000
"""Bytes of a segment: the stream forgets whole ones."""


def stream_of(plugin: str) -> str:
    """The stream of the plugin that keeps the log."""
    return f"azora.log.{plugin}"


class DeclaredLog:
    """The log of one plugin, whose events the broker forgets after so many days."""

    def __init__(self, plugin: str, days: float) -> None:
        self._stream = stream_of(plugin)
        self._arguments = {
            "x-queue-type": "stream",
            "x-max-age": f"{max(1, round(days * 24))}h",
            "x-stream-max-segment-size-bytes": SEGMENT,
        }

    def declare(self, connection: amqp.Connection, sources: list[str]) -> None:
        """Make the stream, bound to the exchange of each source. One of another age stays as it is."""
        try:
            with connection.channel() as channel:
                channel.queue_declare(
                    self._stream, durable=True, auto_delete=False, arguments=self._arguments
                )
        except amqp.PreconditionFailed as error:
            get_logger("kernel").warning(
                "the log keeps the age that it was made with; change it with a policy of RabbitMQ",
                stream=self._stream, reason=str(error),
            )  # fmt: skip
        with connection.channel() as channel:
            for source in sources:
                channel.queue_bind(self._stream, f"{source}.events", "#")
