"""Tickets: addresses of a file that open it for a while to whoever has them, without signing in."""

import base64
import hashlib
import hmac
import json
import time
from typing import NamedTuple

_SEAL = 16
"""Bytes of HMAC-SHA-256 that a ticket carries (RFC 2104 lets it be cut to half)."""


class Ticket(NamedTuple):
    """A resource, the file that it had when the ticket was written, and until when it is good."""

    id: str
    digest: str
    expires: int


def write(ticket: Ticket, secret: bytes) -> str:
    body = json.dumps(ticket, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_seal(body, secret) + body).rstrip(b"=").decode()


def read(text: str, secret: bytes) -> Ticket | None:
    """The ticket, or None for one that is forged, altered or past its time."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    seal, body = raw[:_SEAL], raw[_SEAL:]
    if not hmac.compare_digest(seal, _seal(body, secret)):
        return None
    ticket = Ticket(*json.loads(body))
    return ticket if ticket.expires > time.time() else None


def _seal(body: bytes, secret: bytes) -> bytes:
    return hmac.new(secret, body, hashlib.sha256).digest()[:_SEAL]
