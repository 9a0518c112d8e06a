"""Takes secrets and personal data out of whatever leaves the process as telemetry.

Logs, traces and error reports all pass here: by key name where a value has one, else by shape.
"""

import itertools
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, SecretBytes, SecretStr

from azora.observe.maskedtext import STARS, mask_text, mask_url

__all__ = ["STARS", "is_secret", "is_sensitive", "mask", "mask_text", "mask_url"]

_MAX_DEPTH = 6
_MAX_ITEMS = 100

_SECRET_WORDS = frozenset(
    [
        "password",
        "passwd",
        "passphrase",
        "passcode",
        "pwd",
        "secret",
        "secrets",
        "token",
        "tokens",
        "authorization",
        "cookie",
        "cookies",
        "credential",
        "credentials",
        "csrf",
        "dsn",
        "pin",
        "otp",
        "totp",
        "cvv",
        "cvc",
        "jwt",
        "mnemonic",
        "iban",
        "pan",
        "signature",
        "bearer",
    ]
)
_PERSONAL_WORDS = frozenset(
    [
        "email",
        "emails",
        "mail",
        "phone",
        "telephone",
        "mobile",
        "msisdn",
        "cellphone",
        "passport",
        "surname",
        "firstname",
        "lastname",
        "birthdate",
        "birthday",
        "dob",
    ]
)
_SECRET_PAIRS = frozenset(
    [
        "api_key",
        "private_key",
        "signing_key",
        "secret_key",
        "access_key",
        "encryption_key",
        "session_cookie",
        "azora_session",
        "recovery_code",
        "backup_code",
        "seed_phrase",
    ]
)
_TELLING_PAIRS = _SECRET_PAIRS | frozenset(
    [
        "session_id",
        "card_number",
        "account_number",
        "id_number",
        "national_id",
        "e_mail",
        "first_name",
        "last_name",
        "full_name",
        "given_name",
        "family_name",
        "maiden_name",
        "birth_date",
        "street_address",
        "postal_address",
        "home_address",
    ]
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def mask(value: Any, key: str = "", depth: int = 0) -> Any:
    """A copy of JSON-like shape without secrets and personal data; models and objects become text."""
    if value is None or value is True or value is False:
        return value
    if key and is_sensitive(key) and not _is_count(key, value):
        return STARS
    kind = type(value)
    if kind is str:
        return mask_text(value)
    if kind is int or kind is float:
        return value if -1e9 < value < 1e9 else _mask_number(value)
    return _mask_compound(value, depth)


@lru_cache(maxsize=4096)
def is_sensitive(key: str) -> bool:
    """Whether a name says that its value is a secret or identifies a person."""
    words = [word.lower() for word in _WORD.findall(key)]
    pairs = {f"{one}_{two}" for one, two in itertools.pairwise(words)}
    joined = "".join(words)
    return (
        not _SECRET_WORDS.isdisjoint(words)
        or not _PERSONAL_WORDS.isdisjoint(words)
        or not _TELLING_PAIRS.isdisjoint(pairs)
        or joined in _JOINED
    )


@lru_cache(maxsize=4096)
def is_secret(key: str) -> bool:
    """Whether a name says that its value is a secret, whoever asks."""
    words = [word.lower() for word in _WORD.findall(key)]
    pairs = {f"{one}_{two}" for one, two in itertools.pairwise(words)}
    return not _SECRET_WORDS.isdisjoint(words) or not _SECRET_PAIRS.isdisjoint(pairs)


_JOINED = frozenset(pair.replace("_", "") for pair in _TELLING_PAIRS)


def _is_count(key: str, value: Any) -> bool:
    """`tokens=312` counts tokens, it is none."""
    return isinstance(value, (int, float)) and key.lower().endswith(
        ("tokens", "cookies", "_count", "_seconds")
    )


def _mask_number(value: float) -> Any:
    text = str(value)
    return value if mask_text(text) == text else STARS


def _mask_compound(value: Any, depth: int) -> Any:
    if isinstance(value, (SecretStr, SecretBytes)):
        return STARS
    if depth >= _MAX_DEPTH:
        return "…"
    if isinstance(value, BaseModel):
        value = dict(value)
    if isinstance(value, Mapping):
        pairs = list(value.items())[:_MAX_ITEMS]
        return {mask_text(str(name)): mask(item, str(name), depth + 1) for name, item in pairs}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [mask(item, "", depth + 1) for item in list(value)[:_MAX_ITEMS]]
    if isinstance(value, bytes):
        return f"({len(value)} bytes)"
    if isinstance(value, (bool, int, float)):
        return value
    return mask_text(_words(value))


def _words(value: object) -> str:
    """An object as text, even where its own method fails."""
    try:
        return str(value)
    except Exception as error:  # noqa: BLE001 – a broken __str__ must not break the line that reports it
        return f"<{type(value).__name__}: {type(error).__name__} in str()>"
