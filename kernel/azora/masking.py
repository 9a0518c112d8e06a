"""Takes secrets and personal data out of whatever leaves the process as telemetry.

Logs, traces and error reports all pass here: by key name where a value has one, else by shape.
"""

import itertools
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, SecretBytes, SecretStr

STARS = "***"
MAX_TEXT = 16_000
"""Characters of one value that are kept; what follows is cut."""

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
_TELLING_PAIRS = frozenset(
    [
        "api_key",
        "private_key",
        "signing_key",
        "secret_key",
        "access_key",
        "encryption_key",
        "session_id",
        "session_cookie",
        "azora_session",
        "card_number",
        "account_number",
        "recovery_code",
        "backup_code",
        "seed_phrase",
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

_KEY_IN_TEXT = (
    r"pass(?:word|wd|phrase|code)|pwd|secret|token|api_?key|private_?key|access_?key|authorization|"
    r"credential|csrf|azora_session|session_?id|otp|cvv|cvc|card_?number|id_?number|mnemonic"
)


def _keep_first_group(match: re.Match[str]) -> str:
    return match[1] + STARS


def _card(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[0])
    return STARS if _luhn(digits) else match[0]


def _south_african_id(match: re.Match[str]) -> str:
    month, day = int(match[0][2:4]), int(match[0][4:6])
    plausible = 1 <= month <= 12 and 1 <= day <= 31 and _luhn(match[0])
    return STARS if plausible else match[0]


Replacement = str | Callable[[re.Match[str]], str]
_SHAPES: list[tuple[re.Pattern[str], Replacement]] = [
    (re.compile(r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----.*?(?:-----END|\Z)", re.S), STARS),
    (
        re.compile(r"(\b[a-z][a-z0-9+.-]{1,20}://[^/\s:@'\"]{0,100}:)[^/\s@'\"]{1,200}(?=@)"),
        _keep_first_group,
    ),
    (
        re.compile(r"(\b(?:set-)?cookie[\"']?\s{0,3}[:=]\s{0,3})[^\n\r}\]]+", re.I),
        _keep_first_group,
    ),
    (
        re.compile(r"(\b(?:bearer|basic|digest|token)\s{1,3})[\w.~+/=-]{6,}", re.I),
        _keep_first_group,
    ),
    (
        re.compile(
            rf"((?:{_KEY_IN_TEXT})[\w-]{{0,20}}[\"']?\s{{0,3}}[:=]\s{{0,3}})"
            r"(?:\\?\"[^\"\n]*\"?|'[^'\n]*'?|[^\s\"',;&}\])]+)",
            re.I,
        ),
        _keep_first_group,
    ),
    (re.compile(r"\beyJ[\w-]{8,}(?:\.[\w-]*){0,4}"), STARS),
    (
        re.compile(
            r"\b(?:azt_|sk_|rk_|pk_live_|whsec_|sk-|ghp_|gho_|xox[abp]-|AKIA|SG\.)[\w.-]{8,}"
        ),
        STARS,
    ),
    (re.compile(r"[\w.!#$&'*+/=?^`{|}~-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"), STARS),
    (re.compile(r"(?<![\w.-])\d{10}[01][89]\d(?![\w-])"), _south_african_id),
    (re.compile(r"(?<![\w.-])(?:[3-6]|2[2-7])\d{3}(?:[ -]?\d){8,15}(?![\w-])"), _card),
    (re.compile(r"(?<![\w.])(?:\+|\b00)[1-9](?:[ ().-]{0,2}\d){7,14}(?![\w-])"), STARS),
    (re.compile(r"(?<![\w.:-])\(?0[1-8]\d\)?[ -]?\d{3}[ -]?\d{4}(?![\w-])"), STARS),
    (re.compile(r"(?<![\w.:-])(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?![\w-])"), STARS),
    (re.compile(r"(?<![\w.-])27[1-8]\d{8}(?![\w-])"), STARS),
]
_SUSPICIOUS = re.compile(
    r"[@=:]|%40|\d{3}|eyJ|-----BEGIN|(?:azt|sk|rk|pk|ghp|gho|whsec)[_-]|xox|AKIA|SG\.|[Bb]earer |[Bb]asic |[Tt]oken "
)


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


def mask_text(text: str) -> str:
    """The text with everything starred that looks like a secret, an address or a number of a person."""
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT] + "… (cut)"
    if not _SUSPICIOUS.search(text):
        return text
    for shape, replacement in _SHAPES:
        text = shape.sub(replacement, text)
    return text


def mask_url(url: str) -> str:
    """An address without its password."""
    return re.sub(r"(://[^/:@]*:)[^/]*(?=@)", _keep_first_group, url)


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


def _luhn(digits: str) -> bool:
    """The checksum of payment cards and South African identity numbers."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if place % 2 else 1)
        total += number - 9 if number > 9 else number
    return total % 10 == 0
