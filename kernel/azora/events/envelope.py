"""An event on its way: its data as JSON, and the CloudEvents attributes round it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from azora.errors import Invalid

PREFIX = "cloudEvents:"
SPEC_VERSION = "1.0"
LONGEST = 1000
"""Characters of an attribute: all of them travel in one header frame, and are stored as text."""
CONTENT_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event. `type` is `library.resource_added`, `time` seconds since 1970, `data` JSON.

    Events with the same `key` keep their order for handlers that ask for it; `cause` is the id of
    the event whose handler emitted this one.
    """

    id: str
    source: str
    type: str
    version: int
    time: float
    key: str | None
    data: bytes
    traceparent: str | None = None
    cause: str | None = None

    def to_headers(self) -> dict[str, str]:
        """The attributes as AMQP application properties (CloudEvents 1.0, binary mode)."""
        attributes = {
            "specversion": SPEC_VERSION,
            "id": self.id,
            "source": self.source,
            "type": self.type,
            "time": datetime.fromtimestamp(self.time, UTC).isoformat().replace("+00:00", "Z"),
            "datacontenttype": CONTENT_TYPE,
            "dataversion": str(self.version),
            "partitionkey": self.key,
            "traceparent": self.traceparent,
            "cause": self.cause,
        }
        return {PREFIX + name: value for name, value in attributes.items() if value is not None}

    @classmethod
    def from_headers(cls, headers: Mapping[str, Any], data: bytes) -> "Envelope":
        """The event that a message carries. Raises Invalid where a required attribute is missing."""
        try:
            return cls(
                id=_required(headers, "id"),
                source=_required(headers, "source"),
                type=_required(headers, "type"),
                version=_version(_attribute(headers, "dataversion")),
                time=datetime.fromisoformat(_required(headers, "time")).timestamp(),
                key=_attribute(headers, "partitionkey"),
                data=data,
                traceparent=_attribute(headers, "traceparent"),
                cause=_attribute(headers, "cause"),
            )
        except (KeyError, ValueError, TypeError) as error:
            raise Invalid(f"this message is no CloudEvent: {error}", code="not_an_event") from None


def _required(headers: Mapping[str, Any], name: str) -> str:
    found = _attribute(headers, name)
    if found is None:
        raise KeyError(name)
    return found


def _attribute(headers: Mapping[str, Any], name: str) -> str | None:
    """An attribute as text; py-amqp gives bytes for some peers' strings."""
    found = headers.get(PREFIX + name)
    if found is None:
        return None
    text = found if isinstance(found, str) else _text(found)
    if len(text) > LONGEST or "\0" in text:
        raise Invalid(f"{name} is too long or holds NUL", code="not_an_event")
    return text


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _version(words: str | None) -> int:
    number = 1 if words is None else int(words)
    if not 0 < number < 2**31:
        raise ValueError(f"{words} is no version")
    return number
