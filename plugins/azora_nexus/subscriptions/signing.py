"""Standard Webhooks: what is sent, and how whoever gets it knows that it is from here and as it was sent."""

import base64
import hashlib
import hmac
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from cryptography.fernet import Fernet

from azora.events.envelope import CONTENT_TYPE, SPEC_VERSION, Envelope
from azora.events.sealing import MARK

PREFIX = "whsec_"
MEDIA_TYPE = "application/cloudevents+json"


def new_secret() -> str:
    """A secret of 32 random bytes, written as Standard Webhooks does."""
    return PREFIX + base64.b64encode(os.urandom(32)).decode()


def headers(id_: str, body: bytes, moment: float, secrets: Iterable[str]) -> Mapping[str, str]:
    """The headers of one sending, signed with each secret that is good now."""
    timestamp = str(int(moment))
    signed = f"{id_}.{timestamp}.".encode() + body
    return {
        "Content-Type": MEDIA_TYPE,
        "webhook-id": id_,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_signature(secret, signed) for secret in secrets),
    }


def body_of(envelope: Envelope) -> bytes:
    """The event as a CloudEvent in JSON. What is personal is left empty: nobody outside may open it."""
    told = datetime.fromtimestamp(envelope.time, UTC).isoformat().replace("+00:00", "Z")
    facts = {
        "specversion": SPEC_VERSION,
        "id": envelope.id,
        "source": envelope.source,
        "type": envelope.type,
        "time": told,
        "timestamp": told,
        "datacontenttype": CONTENT_TYPE,
        "dataversion": str(envelope.version),
        "partitionkey": envelope.key,
        "cause": envelope.cause,
        "data": without_sealed(orjson.loads(envelope.data)),
    }
    return orjson.dumps({name: value for name, value in facts.items() if value is not None})


def without_sealed(data: Any) -> Any:
    """What an event tells, with nothing where a personal field is sealed."""
    if not isinstance(data, dict):
        return data
    return {
        name: None if isinstance(value, dict) and value.keys() == {MARK} else value
        for name, value in data.items()
    }


class Sealer:
    """Seals secrets as they rest in the database, with a key that only this plugin has."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def seal(self, secret: str) -> str:
        return self._fernet.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        return self._fernet.decrypt(sealed.encode()).decode()


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
