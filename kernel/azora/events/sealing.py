"""Personal fields of events: each sealed with a key of the person whom it is about.

A sealed field travels and rests as `{"$sealed": "v1.<key id>.<nonce and ciphertext>"}`. Readers are
given the person's key for one field of one type of event, never the person's key itself.
"""

import base64
import os
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from azora.errors import Invalid

MARK = "$sealed"
_FORM = "v1"
_NONCE = 12


def field_key(secret: bytes, event: str, field: str) -> bytes:
    """What a person's key becomes for one field of one type of event."""
    info = f"azora personal field {event}.{field}".encode()
    return HKDF(SHA256(), length=32, salt=None, info=info).derive(secret)


def seal(value: Any, key: bytes, key_id: str, event_id: str, field: str) -> dict[str, str]:
    """A JSON value as it travels; good in this field of this event alone."""
    nonce = os.urandom(_NONCE)
    hidden = AESGCM(key).encrypt(nonce, orjson.dumps(value), _place(event_id, field))
    text = base64.urlsafe_b64encode(nonce + hidden).decode()
    return {MARK: f"{_FORM}.{key_id}.{text}"}


def key_id_of(value: Any) -> str | None:
    """The name of the key that a sealed value needs; None where it is not sealed."""
    if not (isinstance(value, dict) and value.keys() == {MARK}):
        return None
    form, _, rest = str(value[MARK]).partition(".")
    if form != _FORM:
        raise Invalid(
            f"a field is sealed as {form[:20]!r}, which is not known here", code="sealed_field"
        )
    return rest.partition(".")[0]


def unseal(value: dict[str, str], key: bytes, event_id: str, field: str) -> Any:
    """The JSON value again. Raises Invalid where it was changed, or moved from elsewhere."""
    try:
        raw = base64.urlsafe_b64decode(value[MARK].rpartition(".")[2])
        shown = AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], _place(event_id, field))
    except (InvalidTag, ValueError):
        raise Invalid(
            f"the sealed field {field} was changed on its way", code="sealed_field"
        ) from None
    return orjson.loads(shown)


def _place(event_id: str, field: str) -> bytes:
    return f"{event_id}\n{field}".encode()
