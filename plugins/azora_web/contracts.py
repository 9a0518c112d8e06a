"""What the web plugin offers: language, colours and the trial form of the style guide."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from azora import FileRef, Reply, Request

YEAR = 31_536_000
"""Seconds for which a browser remembers a choice."""

Language = Annotated[str, Field(json_schema_extra={"cookie": "azora_language", "max_age": YEAR})]
Theme = Annotated[str, Field(json_schema_extra={"cookie": "azora_theme", "max_age": YEAR})]


class SetLanguage(Request):
    language: Literal["en", "zu", "en-XA"] = Field(
        description="`en-XA` is made up and shows untranslated text."
    )
    next: str = Field("/", max_length=2000, description="The page to go to afterwards.")


class LanguageSet(Reply):
    """The language travels as a cookie."""

    language: Language


class SetTheme(Request):
    theme: Literal["auto", "light", "dark", "contrast"] = Field(
        description="`auto` follows the device."
    )
    next: str = Field("/", max_length=2000, description="The page to go to afterwards.")


class ThemeSet(Reply):
    """The theme travels as a cookie; an empty one clears it."""

    theme: Theme


class TryForm(Request):
    """One field of every kind, for the style guide."""

    title: str = Field(min_length=3, max_length=80)
    text: str = Field(max_length=400)
    kind: Literal["book", "film", "lesson"]
    access: Literal["open", "members"]
    days: list[str] = Field(min_length=1)
    agree: bool
    copies: int = Field(ge=1, le=99)
    price: float = Field(gt=0)
    day: date
    email: str = Field(pattern=r".+@.+", json_schema_extra={"format": "email"})
    address: str = Field(pattern=r"https?://.+", json_schema_extra={"format": "uri"})
    tags: list[str] = Field(min_length=2)
    secret: str = Field(min_length=8, json_schema_extra={"format": "password"})
    file: FileRef | None = None


class FormTried(Reply):
    """Nothing was stored."""

    right: bool = True


class PartStatus(Reply):
    """One part of the campus: how it is, and since when as far as somebody looked."""

    name: str
    summary: str
    state: Literal["works", "trouble", "away", "unknown"]
    since: datetime


class PastTrouble(Reply):
    """A time in which a part did not work; `campus` is all of it."""

    name: str
    summary: str
    state: Literal["trouble", "away"]
    began: datetime
    ended: datetime
    minutes: int = Field(description="How long it took, at least one.")


class CampusStatus(Reply):
    """The campus as a learner needs to know it: no reasons, no machines."""

    state: Literal["works", "some", "down", "unknown"]
    checked: datetime
    parts: list[PartStatus]
    history: list[PastTrouble]


class Process(Reply):
    """A process of the campus, and what keeps its plugins from answering."""

    name: str
    plugins: dict[str, str]
    since: datetime
    troubles: dict[str, str]


class Processes(Reply):
    """What keepers see: `reasons` by part, and `notices` of what will not do for long."""

    items: list[Process]
    notices: dict[str, str]
    reasons: dict[str, str]
