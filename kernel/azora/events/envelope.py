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
        found = {
            name.removeprefix(PREFIX): str(value)
            for name, value in headers.items()
            if name.startswith(PREFIX)
        }
        for name, value in found.items():
            if "\0" in value or len(value) > LONGEST:
                raise Invalid(f"{name} is too long or holds NUL", code="not_an_event")
        try:
            return cls(
                id=found["id"],
                source=found["source"],
                type=found["type"],
                version=_version(found.get("dataversion", "1")),
                time=datetime.fromisoformat(found["time"]).timestamp(),
                key=found.get("partitionkey"),
                data=data,
                traceparent=found.get("traceparent"),
                cause=found.get("cause"),
            )
        except (KeyError, ValueError, TypeError) as error:
            raise Invalid(f"this message is no CloudEvent: {error}", code="not_an_event") from None


def _version(words: str) -> int:
    number = int(words)
    if not 0 < number < 2**31:
        raise ValueError(f"{words} is no version")
    return number
