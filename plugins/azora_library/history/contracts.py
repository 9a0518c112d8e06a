"""What is asked and answered about earlier versions."""

from datetime import datetime

from pydantic import Field

from azora import ListReply, ListRequest, Reply, Request
from azora_library.catalogue.contracts import Token
from azora_library.catalogue.fields import ResourceId, Revision


class ListVersions(ListRequest):
    id: ResourceId
    token: Token = None


class Version(Reply):
    """A version, and since when. Librarians are told by whom; `name` as far as they may see it."""

    revision: int
    at: datetime
    by: str | None
    name: str
    current: bool
    title: str
    file: str | None = Field(description="The name of its file, where you may open it.")
    bulk_edit: str | None = Field(None, description="The bulk edit that made it; for librarians.")


class Versions(ListReply[Version]):
    """The versions of a resource, the newest first."""


class CompareVersions(Request):
    id: ResourceId
    before: int = Field(ge=1)
    after: int = Field(ge=1)


class FieldChange(Reply):
    """A field that differs, as texts: a list has one item on each line."""

    field: str
    before: str
    after: str


class Comparison(Reply):
    before: int
    after: int
    changes: list[FieldChange]


class VersionRef(Request):
    id: ResourceId
    revision: int = Field(ge=1)


class DownloadVersion(VersionRef):
    token: Token = None


class RestoreVersion(VersionRef):
    """Make the resource say again what it said then; who may see it stays as it is now."""

    if_revision: Revision = None
