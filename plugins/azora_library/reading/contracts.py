"""What reading is asked and answers."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from azora import Event, FileRef, ListReply, ListRequest, Reply, Request
from azora_library.catalogue.fields import Language, ResourceId

Token = Annotated[str, StringConstraints(max_length=100)]


class OfFile(Request):
    """A resource's file; `token` is that of a secret link, where one led here."""

    id: ResourceId
    token: Token | None = None


class ReadLeaf(OfFile):
    """One page of a PDF, or one chapter of an EPUB, counted from 1."""

    page: int = Field(1, ge=1, le=100_000)


class Heading(Reply):
    page: int
    title: str


class Leaf(Reply):
    """What stands on one page. `html` is safe to show as it is; a PDF's page has a picture as well."""

    id: str
    title: str
    kind: Literal["epub", "pdf"]
    page: int
    pages: int
    heading: str | None
    contents: list[Heading]
    html: str = Field("", description="Of an EPUB.")
    text: str = Field("", description="Of a PDF.")
    token: str | None


class DrawLeaf(ReadLeaf):
    width: int = Field(1280, ge=160, le=1600, description="Of the picture, in pixels.")


class ReadPicture(OfFile):
    path: Annotated[str, StringConstraints(max_length=1000)]


class LinkToFile(OfFile):
    minutes: int = Field(60, ge=1, le=24 * 60, description="For how long the link is good.")


class FileLink(Reply):
    """An address below the campus's own that opens the file to whoever has it."""

    path: str
    expires: datetime


class OpenLink(Request):
    ticket: Annotated[str, StringConstraints(max_length=500)]


class ListCaptions(OfFile):
    """The languages of a film's captions."""


class Caption(Reply):
    language: str


class Captions(Reply):
    items: list[Caption]


class ReadCaption(OfFile):
    language: Language


class SaveCaption(Request):
    """Captions as WebVTT or SubRip, in place of those there were in this language."""

    id: ResourceId
    language: Language
    file: FileRef


class RemoveCaption(Request):
    id: ResourceId
    language: Language


class VerifyFiles(Request):
    """No choice to make."""


class FilesVerified(Reply):
    read: int
    damaged: int


class ListDamaged(ListRequest):
    """The resources whose file is damaged or gone."""


class DamagedFile(Reply):
    id: str
    title: str
    file: str
    found: str
    checked: datetime


class FileDamaged(Event):
    """A file does not say any more what it said when it came in, or is gone. Restore it from a backup."""

    key_field = "digest"

    digest: str
    found: str


DamagedFiles = ListReply[DamagedFile]
