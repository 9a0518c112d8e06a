"""Secrets and personal data inside a text, found by their shape: the words of people and libraries.

Personal values that this piece of work has seen in events (`azora.personal`) are starred whatever their shape.

Each shape is bounded, so that no text takes long, and most texts are passed after four quick looks.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from azora.context import current_or_none

STARS = "***"
MAX_TEXT = 16_000
"""Characters of one text that are kept; what follows is cut."""


def mask_text(text: str) -> str:
    """The text with everything starred that looks like a secret, an address or a number of a person."""
    context = current_or_none()
    if context is not None and context.hidden:
        for value in context.hidden:
            text = text.replace(value, STARS)
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT] + "… (cut)"
    if len(text) == 36 and _UUID.fullmatch(text):
        return text
    for stage in _STAGES:
        if stage.applies(text):
            for shape, replacement in stage.shapes:
                text = shape.sub(replacement, text)
    return text


def mask_url(url: str) -> str:
    """An address without its password."""
    return re.sub(r"(://[^/:@]*:)[^/]*(?=@)", _keep_first_group, url)


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


class Stage(NamedTuple):
    """Shapes with something in common, and a cheap test of whether a text can hold any of them."""

    applies: Callable[[str], object]
    shapes: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]]


def _has_address(text: str) -> bool:
    return "@" in text or "%40" in text


def _has_assignment(text: str) -> bool:
    return "=" in text or ":" in text


def _has_token(text: str) -> bool:
    lowered = text.lower()
    return any(start in lowered for start in _TOKEN_STARTS)


_TOKEN_STARTS = (
    *("bearer ", "basic ", "digest ", "token ", "-----begin", "eyj", "azt_", "sk_", "rk_", "sk-"),
    *("pk_live_", "whsec_", "ghp_", "gho_", "xox", "akia", "sg."),
)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_STAGES = [
    Stage(
        _has_token,
        [
            (re.compile(r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----.*?(?:-----END|\Z)", re.S), STARS),
            (
                re.compile(r"(\b(?:bearer|basic|digest|token)\s{1,3})[\w.~+/=-]{6,}", re.I),
                _keep_first_group,
            ),
            (re.compile(r"\beyJ[\w-]{8,}(?:\.[\w-]*){0,4}"), STARS),
            (
                re.compile(
                    r"\b(?:azt_|sk_|rk_|pk_live_|whsec_|sk-|ghp_|gho_|xox[abp]-|AKIA|SG\.)[\w.-]{8,}"
                ),
                STARS,
            ),
        ],
    ),
    Stage(
        _has_assignment,
        [
            (
                re.compile(
                    r"(\b[a-z][a-z0-9+.-]{1,20}://[^/\s:@'\"]{0,100}:)[^/\s@'\"]{1,200}(?=@)"
                ),
                _keep_first_group,
            ),
            (
                re.compile(r"(\b(?:set-)?cookie[\"']?\s{0,3}[:=]\s{0,3})[^\n\r}\]]+", re.I),
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
        ],
    ),
    Stage(
        _has_address,
        [
            (
                re.compile(
                    r"[\w.!#$&'*+/=?^`{|}~-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
                ),
                STARS,
            ),
        ],
    ),
    Stage(
        re.compile(r"\d(?:[ ().-]{0,2}\d){7}").search,
        [
            (re.compile(r"(?<![\w.-])\d{10}[01][89]\d(?![\w-])"), _south_african_id),
            (re.compile(r"(?<![\w.-])(?:[3-6]\d|2[2-7])\d{2}(?:[ -]?\d){8,15}(?![\w-])"), _card),
            (re.compile(r"(?<![\w.])(?:\+|\b00)[1-9](?:[ ().-]{0,2}\d){7,14}(?![\w-])"), STARS),
            (re.compile(r"(?<![\w.:-])\(?0[1-8]\d\)?[ -]?\d{3}[ -]?\d{4}(?![\w-])"), STARS),
            (
                re.compile(r"(?<![\w.:-])(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?![\w-])"),
                STARS,
            ),
            (re.compile(r"(?<![\w.-])27[1-8]\d{8}(?![\w-])"), STARS),
        ],
    ),
]


def _luhn(digits: str) -> bool:
    """The checksum of payment cards and South African identity numbers."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if place % 2 else 1)
        total += number - 9 if number > 9 else number
    return total % 10 == 0
