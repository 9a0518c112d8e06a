"""Events as RabbitMQ carries them: read from messages of ours, and of stock dispatchers."""

import hashlib
import time

from azora.events.envelope import Envelope
from azora.rpc.connection import decoded
from azora.rpc.frames import Delivery


def envelope_of(event: str, message: Delivery) -> Envelope:
    """The event in a message of ours, or of a stock dispatcher, which brings no attributes."""
    headers = message.headers
    if "cloudEvents:id" in headers or "cloudEvents_id" in headers:
        return Envelope.from_headers(headers, message.body)
    return Envelope(
        id=message.properties.get("message_id") or _fingerprint(message),
        source=event.partition(".")[0],
        type=event,
        version=1,
        time=time.time(),
        key=None,
        data=message.body,
        traceparent=decoded(headers).get("traceparent"),
        cause=None,
    )


def _fingerprint(message: Delivery) -> str:
    """An id for a message that has none: each delivery is its own event, a redelivery the same."""
    stack = str(message.headers.get("nameko.call_id_stack", time.time_ns()))
    return hashlib.sha256(stack.encode() + message.body).hexdigest()[:32]
