"""Form tokens that another site cannot know: derived from the session, or from a nonce cookie.

A token is the digest of that secret under a fresh pad, so that no two look alike (BREACH).
"""

import base64
import hashlib
import hmac
import secrets

COOKIE = "azora_csrf"
"""Holds the nonce of a browser that has no session."""

FIELD = "_csrf"
HEADER = "x-csrf-token"

_SIZE = hashlib.sha256().digest_size


def issue_token(session_or_nonce: str) -> str:
    """A token for the forms of a page that this browser is sent."""
    pad = secrets.token_bytes(_SIZE)
    return base64.urlsafe_b64encode(pad + _mask(_digest(session_or_nonce), pad)).decode().rstrip("=")


def verify(token: str, session_or_nonce: str) -> bool:
    """Whether the token was issued to the browser that holds this session or nonce."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return False
    if len(raw) != 2 * _SIZE or not session_or_nonce:
        return False
    return hmac.compare_digest(_mask(raw[_SIZE:], raw[:_SIZE]), _digest(session_or_nonce))


def new_nonce() -> str:
    """A nonce for the cookie of a browser that has no session yet."""
    return secrets.token_urlsafe(24)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(b"azora csrf " + secret.encode()).digest()


def _mask(data: bytes, pad: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(data, pad, strict=True))
