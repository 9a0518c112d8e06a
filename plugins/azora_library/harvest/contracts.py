"""What is asked of harvests, and what they say of themselves."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from azora import Reply, Request
from azora.messages import ListReply, ListRequest
from azora_library.catalogue.fields import Line, Link
from azora_library.imports.contracts import Source

Prefix = Literal["oai_dc", "marcxml", "marc21"]
HarvestId = Annotated[Line, StringConstraints(max_length=36)]
Moment = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?$"),
    Field(description="A day, or a moment in UTC: `2026-01-31` or `2026-01-31T12:00:00Z`."),
]


class AddHarvest(Request):
    """A repository that speaks OAI-PMH. Adding one of the same name changes it."""

    address: Link = Field(description="Its base URL, such as `https://repo.example/oai`.")
    source: Source
    prefix: Prefix = "oai_dc"
    subset: Annotated[Line, StringConstraints(max_length=300)] | None = Field(
        None, description="The set (`setSpec`) that is wanted; all of it without one."
    )
    daily: bool = Field(False, description="Look every night for what is new.")


class HarvestRef(Request):
    id: HarvestId


class StartHarvest(Request):
    """Without `since`, what changed after the last whole harvest; `anew` begins with the first record."""

    id: HarvestId
    since: Moment | None = None
    until: Moment | None = None
    anew: bool = False


class Harvest(Reply):
    id: str
    source: str
    address: str
    prefix: str
    subset: str | None
    daily: bool
    state: Literal["idle", "running", "failed"]
    harvested_to: str | None
    wait_until: datetime | None = Field(description="When the repository asked to be asked again.")
    records: int
    added: int
    updated: int
    unchanged: int
    deleted: int
    refused: int
    problem: str | None
    changed: datetime


class ListHarvests(ListRequest):
    """In the order in which they were added."""


class HarvestList(ListReply[Harvest]):
    pass


class Stray(Reply):
    identifier: str
    reason: str


class ListStrays(ListRequest):
    id: HarvestId


class StrayList(ListReply[Stray]):
    """What a harvest could not take in, by its identifier."""


class StartDaily(Request):
    """No choice to make."""


class DailyStarted(Reply):
    started: int
