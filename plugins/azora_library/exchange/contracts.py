"""What an import sends in, and what becomes of it."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from azora import Reply, Request
from azora_library.catalogue.contracts import Description, Token
from azora_library.catalogue.fields import Line, ResourceId
from azora_library.discovery.contracts import SearchResources

Outcome = Literal["added", "updated", "unchanged", "refused"]


class CatalogueRecord(Description):
    """A record of another catalogue; `key` is its name there and stays the same."""

    key: Annotated[Line, StringConstraints(max_length=300)]


class ImportRecords(Request):
    """Records of one catalogue. Those imported before are updated where their source has changed."""

    source: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]
    records: list[CatalogueRecord] = Field(min_length=1, max_length=500)
    dry_run: bool = False
    run: Annotated[str, StringConstraints(max_length=36)] | None = Field(
        None, description="The import that they belong to, so that it can be undone as a whole."
    )


class ImportOutcome(Reply):
    key: str
    outcome: Outcome
    id: str | None = None
    reason: str | None = None


class ImportReport(Reply):
    """What became of each record, in their order."""

    outcomes: list[ImportOutcome]


Ending = Literal[
    "bib", "ris", "csl.json", "datacite.json", "jsonld", "dc.xml", "marc.xml", "mrc", "csv"
]
StyleName = Literal["harvard", "apa", "chicago", "ieee", "vancouver"]


class WriteResource(Request):
    id: ResourceId
    format: Ending
    token: Token = None


class CiteResource(Request):
    id: ResourceId
    token: Token = None
    style: StyleName | None = Field(None, description="All of them where none is named.")


class CitationPiece(Reply):
    text: str
    italic: bool = False


class Citation(Reply):
    """A resource as an entry of a list of references."""

    style: str
    name: str
    text: str
    pieces: list[CitationPiece]


class Citations(Reply):
    items: list[Citation]


class ExportSearch(SearchResources):
    """A search whose results are wanted as one file, the newest first; `limit` does not count."""

    format: Ending = "csv"


class OaiRequest(Request):
    """The arguments of OAI-PMH, each a list so that the protocol itself can refuse what is given twice."""

    verb: list[str] = Field([], examples=[["Identify"]])
    identifier: list[str] = []
    metadata_prefix: list[str] = Field([], alias="metadataPrefix")
    from_: list[str] = Field([], alias="from")
    until: list[str] = []
    set: list[str] = []
    resumption_token: list[str] = Field([], alias="resumptionToken")
    others: list[str] = Field([], description="Names of arguments that the protocol does not know.")

    @property
    def arguments(self) -> dict[str, list[str]]:
        """By their names in the protocol."""
        known = self.model_dump(by_alias=True, exclude={"others"})
        given = {name: values for name, values in known.items() if values}
        return given | {name: [""] for name in self.others}

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        names = {field.alias or name for name, field in cls.model_fields.items()}
        listed = {
            name: value if isinstance(value, list) else [value]
            for name, value in values.items()
            if name in names
        }
        others = [name for name in values if name not in names]
        return {**listed, "others": [*listed.get("others", ()), *others]}
