"""Form tokens: bound to the session, or for a visitor to a cookie that only this browser holds.

A token is a random salt and its MAC under the session cookie's value, which no other site knows; so
every process can check it without a shared key, and no two pages show the same bytes (BREACH).
"""

import base64
import hmac
import secrets

COOKIE = "azora_visitor"
"""Holds a visitor's nonce."""

FIELD = "csrf_token"
"""The hidden field of a form."""

ONCE = "once"
"""The hidden field that is another in each form drawn: sent twice, the form counts once."""

_SALT = 16


def new_nonce() -> str:
    """A value for the visitor's cookie."""
    return secrets.token_urlsafe(24)


def issue_token(secret: str) -> str:
    """A token for a form shown to whoever holds `secret`: the session cookie, or the visitor's nonce."""
    salt = secrets.token_bytes(_SALT)
    return base64.urlsafe_b64encode(salt + _mac(secret, salt)).decode()


def verify(token: str, secret: str) -> bool:
    """Whether the token was made for whoever holds `secret`."""
    if not secret:
        return False
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii"))
    except ValueError:
        return False
    return hmac.compare_digest(_mac(secret, raw[:_SALT]), raw[_SALT:])


def _mac(secret: str, salt: bytes) -> bytes:
    return hmac.digest(secret.encode(), b"azora-form" + salt, "sha256")
