"""What is asked of imports, and what they say of themselves."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from azora import Reply, Request
from azora.messages import FileRef, ListReply, ListRequest
from azora_library.catalogue.fields import Line
from azora_library.exchange.formats import FormatName

State = Literal["ready", "running", "sending", "done", "cancelled", "failed", "undoing", "undone"]
ImportId = Annotated[Line, StringConstraints(max_length=36)]
Source = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$"),
    Field(description="The catalogue's name; importing under it again updates what it brought."),
]
Encoding = Annotated[Line, StringConstraints(max_length=40)]
Heading = Annotated[str, StringConstraints(max_length=1000)]
Mapping = Annotated[
    dict[Heading, str],
    Field(
        max_length=200, description="Which field each column holds, by its heading; `-` is nothing."
    ),
]


class UploadImport(Request):
    """A catalogue as a file. Its format is recognised where none is named."""

    file: FileRef
    source: Source | None = Field(None, description="Its catalogue's name; the file's by default.")
    format: FormatName | None = None


class BeginImport(Request):
    """An import whose records `import_records` brings."""

    source: Source
    format: FormatName
    name: Annotated[Line, StringConstraints(max_length=255)]


class ImportRef(Request):
    id: ImportId


class MapImport(Request):
    """How to read the file: what its columns hold, and its encoding where it does not say."""

    id: ImportId
    mapping: Mapping = {}
    encoding: Encoding | None = None


class StartImport(Request):
    id: ImportId
    dry_run: bool = Field(False, description="Say what would happen; change nothing.")


class FindMapping(Request):
    columns: list[Heading] = Field(max_length=200)


class FoundMapping(Reply):
    """What the columns hold: as somebody said of the same headings before, else as they read."""

    mapping: dict[str, str]
    remembered: bool
    own: dict[str, bool] = Field(
        {},
        description="The columns of this campus's own fields, and whether they hold several values.",
    )


class Import(Reply):
    """One import. `read` counts the records that are settled, `position` the bytes of the file."""

    id: str
    source: str
    state: State
    format: str
    encoding: str | None
    mapping: dict[str, str]
    dry_run: bool
    file_name: str | None
    file_size: int | None
    read: int
    position: int
    added: int
    updated: int
    unchanged: int
    refused: int
    taken_back: int = Field(description="Resources that an undo took back.")
    kept: int = Field(description="Resources that an undo left, since somebody changed them.")
    problem: str | None
    created: datetime
    changed: datetime


class ListImports(ListRequest):
    """The newest first."""


class ImportList(ListReply[Import]):
    pass


class Column(Reply):
    heading: str
    field: str = Field(description="`-` where it is left out.")
    examples: list[str]


class PreviewRecord(Reply):
    number: int
    key: str | None
    title: str | None = None
    authors: list[str] = []
    year: int | None = None
    type: str | None = None
    problem: str | None = None


class Preview(Reply):
    """The first records as they would come in; of a table also its columns, and what they may hold."""

    records: list[PreviewRecord]
    columns: list[Column] = []
    fields: list[str] = []
    remembered: bool = False


class KeptResource(Reply):
    id: str
    reason: str


class ListKept(ListRequest):
    id: ImportId


class KeptList(ListReply[KeptResource]):
    """What an undo left as it is, and why."""
