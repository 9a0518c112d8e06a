"""What an import sends in, and what becomes of it."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from azora import Reply, Request
from azora_library.catalogue.contracts import Description
from azora_library.catalogue.fields import Line

Outcome = Literal["added", "updated", "unchanged", "refused"]


class CatalogueRecord(Description):
    """A record of another catalogue; `key` is its name there and stays the same."""

    key: Annotated[Line, StringConstraints(max_length=300)]


class ImportRecords(Request):
    """Records of one catalogue. Those imported before are updated where their source has changed."""

    source: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]
    records: list[CatalogueRecord] = Field(min_length=1, max_length=500)
    dry_run: bool = False


class ImportOutcome(Reply):
    key: str
    outcome: Outcome
    id: str | None = None
    reason: str | None = None


class ImportReport(Reply):
    """What became of each record, in their order."""

    outcomes: list[ImportOutcome]
