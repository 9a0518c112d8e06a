"""Messages whose names are no UTF-8: py-amqp would lose its connection over them, again and again.

The broker carries any bytes as routing key, correlation id or reply address. Such a message is set
aside with a line in the log, and what else is on the connection goes on.
"""

from struct import unpack_from
from typing import Any

from amqp import serialization, spec
from kombu.transport.pyamqp import Connection

from azora.observe.logs import get_logger


class ForgivingConnection(Connection):
    """kombu's connection, which rejects an undecodable delivery where the plain one ends."""

    def on_inbound_method(
        self, channel_id: int, method_sig: tuple[int, int], payload: Any, content: Any
    ) -> Any:
        try:
            return super().on_inbound_method(channel_id, method_sig, payload, content)
        except UnicodeDecodeError as error:
            if method_sig != spec.Basic.Deliver:
                raise
            consumer, tag = _delivery(bytes(payload))
            get_logger("kernel").warning("message_undecodable", reason=str(error))
            channel = self.channels[channel_id]
            if consumer not in channel.no_ack_consumers:
                channel.basic_reject(tag, requeue=False)
        return None


def _delivery(payload: bytes) -> tuple[str, int]:
    """Consumer and delivery tag in the arguments of Basic.Deliver, which follow four bytes of method."""
    length = payload[4]
    return payload[5 : 5 + length].decode(), unpack_from(">Q", payload, 5 + length)[0]


def _text(raw: Any) -> str:
    """A property as text, whatever its bytes are."""
    return raw if isinstance(raw, str) else str(raw, "utf-8", "replace")


serialization.pstr_t = _text
