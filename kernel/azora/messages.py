"""The shapes that cross a plugin's border: Request, Reply, Event, FileRef and Document."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field

Item = TypeVar("Item")


class Message(BaseModel):
    """Frozen and JSON-serialisable. Unknown fields are ignored, or rolling upgrades would break."""

    model_config = ConfigDict(
        defer_build=True,
        frozen=True,
        extra="ignore",
        json_schema_serialization_defaults_required=True,
    )


class Request(Message):
    """What an operation is asked. The HTTP edge refuses unknown fields; between plugins they pass."""


class Reply(Message):
    """What an operation answers."""


class Event(Message):
    """A fact, named in the past tense. `ResourceAdded` of plugin `library` is `library.resource_added`.

    `key_field` names the field whose equal values are kept in order for handlers that ask for it
    (CloudEvents `partitionkey`); `personal` maps each field that holds personal data to the field
    that holds that person's id: it is sealed with that person's key when the event is emitted. A slice
    that reads one says so as well, and takes None: that is what is left of an erased person.
    """

    key_field: ClassVar[str | None] = None
    personal: ClassVar[dict[str, str]] = {}
    version: ClassVar[int] = 1

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        for name, value in super().__repr_args__():
            yield name, "***" if name in self.personal and value is not None else value


class FileRef(Message):
    """A stored blob. RPC carries this; the bytes travel over HTTP.

    `digest` is the SHA-256 of the content in hex, and its address; `size` is in bytes.
    """

    digest: str = Field(pattern="^[0-9a-f]{64}$")
    size: int = Field(ge=0)
    name: str = Field(max_length=255)
    media_type: str = "application/octet-stream"


class Document(Message):
    """A text that HTTP sends as it is, under its own media type: XML, BibTeX, CSV.

    An operation that replies an iterator of documents sends one text in pieces; the first says what
    it is.
    """

    text: str
    media_type: str = "text/plain"
    name: str | None = Field(None, description="The file name under which a browser saves it.")


class ListRequest(Request):
    """A request for one page of a list, in an order that is stable under inserts."""

    limit: int = Field(20, ge=1, le=100, description="At most so many items.")
    cursor: str | None = Field(None, max_length=500, description="`next` of the page before.")


class ListReply(Reply, Generic[Item]):
    """One page of a list; `next` is the cursor of the following page, or absent at the end."""

    items: list[Item]
    next: str | None = None


def item_of(reply: type[Message] | None) -> type[Message] | None:
    """The model of a list's items, or None where the reply is no list of models."""
    field = reply.model_fields.get("items") if reply else None
    kinds = get_args(field.annotation) if field else ()
    return (
        kinds[0] if kinds and isinstance(kinds[0], type) and issubclass(kinds[0], Message) else None
    )


class CheckIds(Request):
    """Which of these exist? What an operation is asked that other plugins' tables refer to."""

    ids: list[str] = Field(max_length=1000)


class KnownIds(Reply):
    """Those of the ids that were asked for which exist."""

    ids: list[str]


MOST_PARTS = 50_000
"""Sitemaps that one index may name (sitemaps.org, protocol)."""


class ListAddresses(Request):
    """One part of the addresses of a kind of page; parts are numbered from 1."""

    part: int = Field(1, ge=1, le=MOST_PARTS)


class Address(Reply):
    """Where a page is, and when what it shows last changed."""

    path: str
    changed: datetime | None = None


class Addresses(Reply):
    """What everybody may read, at most 50,000 addresses a part, and how many parts there are."""

    parts: int
    items: list[Address]


def snake_case(name: str) -> str:
    """`ResourceAdded` → `resource_added`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
