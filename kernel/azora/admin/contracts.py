"""What every plugin's administration is asked and answers. Values are JSON; what is masked is stars."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from azora.messages import ListReply, ListRequest, Reply, Request

PREFIX = "admin_"
"""What the names of the kernel's operations in every plugin begin with."""

Kind = Literal["text", "long", "number", "yes_no", "time", "date", "list", "bytes"]
Format = Literal["csv", "json"]

TableName = Annotated[str, Field(max_length=100, pattern=r"^[a-z_][a-z0-9_]*$")]
RowKey = Annotated[str, Field(min_length=1, max_length=500, description="As `key` of a row.")]
Version = Annotated[str, Field(max_length=64, description="`version` of the row as you read it.")]
ColumnName = Annotated[str, Field(max_length=100, pattern=r"^[a-z_][a-z0-9_]*$")]
Values = Annotated[
    dict[ColumnName, bool | int | float | str | list[str] | None],
    Field(description="New values by column.", json_schema_extra={"additionalProperties": False}),
]
ActId = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Filters = Annotated[
    list[Annotated[str, Field(max_length=300)]],
    Field(
        max_length=20,
        description="`column=value`, also with `!=`, `>=`, `<=` and `~` (contains); `column=` is empty.",
        json_schema_extra={"x-one-per-line": True},
    ),
]


class Column(Reply):
    """One column. `refers_to` names the table whose key it holds; `choices` are all that it may be."""

    name: str
    label: str
    kind: Kind
    key: bool
    required: bool
    masked: bool = Field(description="Personal data or a secret that you are not shown.")
    personal: bool
    sortable: bool
    filterable: bool
    listed: bool = Field(description="Whether a list has room for it.")
    refers_to: str | None = None
    choices: list[str] = []
    max_length: int | None = None


class TableSummary(Reply):
    """A table and how many rows it has; beyond a bound, `exact` is false and there are more."""

    name: str
    label: str
    summary: str
    rows: int
    exact: bool


class Tables(Reply):
    items: list[TableSummary]


class RowAct(Reply):
    """An operation of the plugin that one row is enough for."""

    name: str
    label: str
    summary: str


class Abilities(Reply):
    """What may be done to rows, and by which operation; `directly` says that none tells of a change."""

    add: str | None
    change: str | None
    remove: str | None
    directly: bool
    addable: list[str]
    editable: list[str]
    required: list[str] = Field(
        description="Columns that making or changing a row cannot do without."
    )
    acts: list[RowAct]


class TableShape(Reply):
    """A table as its administration sees it."""

    name: str
    label: str
    summary: str
    retention: str
    columns: list[Column]
    abilities: Abilities
    referring: list[tuple[str, str]] = Field(description="Tables and columns that hold its keys.")


class Row(Reply):
    """One row; `version` changes whenever what can be edited does."""

    key: str
    label: str
    version: str
    values: dict[str, Any]


class Rows(ListReply[Row]):
    """One page of a table. `total` counts up to a bound; beyond it `exact` is false."""

    table: TableShape
    total: int
    exact: bool
    filters: list[str]


class WholeRow(Reply):
    table: TableShape
    row: Row


class ListRows(ListRequest):
    """`sort` is a column, with `-` before it from the last down. `column`, `how`, `value` filter once more."""

    table: TableName
    search: str = Field("", max_length=200, description="Stands somewhere in a text of the row.")
    filter: Filters = []
    sort: str = Field("", max_length=101)
    column: str = Field("", max_length=100)
    how: Literal["", "=", "!=", ">=", "<=", "~"] = ""
    value: str = Field("", max_length=200)


class ExportRows(Request):
    table: TableName
    format: Format = "csv"
    search: str = Field("", max_length=200)
    filter: Filters = []
    sort: str = Field("", max_length=101)


class RowRef(Request):
    table: TableName
    key: RowKey


class DescribeTable(Request):
    table: TableName


class AddRow(Request):
    table: TableName
    values: Values


class ChangeRow(Request):
    table: TableName
    key: RowKey
    version: Version
    values: Values


class RemoveRow(Request):
    table: TableName
    key: RowKey
    version: Version | None = None


class ActOnRows(Request):
    """`act` is the name of one of the table's acts, done to one row after the other."""

    table: TableName
    act: str = Field(max_length=100)
    keys: list[RowKey] = Field(min_length=1, max_length=200)


class RefusedRow(Reply):
    key: str
    reason: str


class ActReport(Reply):
    """How many it was done to, and which were refused."""

    done: int
    refused: list[RefusedRow]


class Entry(Reply):
    """One entry of the audit trail. `of` is an operation, or the table of a row that changed."""

    plugin: str
    link: int
    moment: float = Field(description="`at` in seconds since 1970, to the last digit.")
    at: datetime
    actor: str
    of: str
    on: str
    action: str
    outcome: str | None
    address: str | None
    trace: str | None
    act: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class ListEntries(Request):
    """Acts, the newest first; `before_moment` and `before_link` of an entry continue after it."""

    limit: int = Field(50, ge=1, le=500)
    actors: list[str] = Field([], max_length=50, description="Ids; without one, everybody.")
    of: str = Field("", max_length=200, description="An operation's name, or how it begins.")
    on: str = Field("", max_length=200, description="Stands somewhere in what it was done to.")
    since: AwareDatetime | None = None
    until: AwareDatetime | None = Field(None, description="Entries before this moment.")
    before_moment: float | None = None
    before_link: int | None = None


class Entries(Reply):
    items: list[Entry]


class ReadAct(Request):
    act: ActId


class Verified(Reply):
    """Whether the plugin's chain is whole; `head` is the digest of its last entry."""

    entries: int
    head: str
    faults: list[str]
    unsealed: int


class Pruned(Reply):
    count: int


SettingName = Annotated[str, Field(max_length=100, pattern=r"^[a-z][a-z0-9_]*$")]


class ListSettings(Request):
    section: Annotated[str, Field(max_length=60)] = Field(
        "", description="`campus`, or the plugin's."
    )


class SettingRef(Request):
    section: SettingName
    name: SettingName


class ChangeSetting(SettingRef):
    value: str = Field(max_length=2000, description="As in the environment: lists as `a,b`.")


class Setting(Reply):
    """One setting. `fixed_by` names the place that wins over the browser, where one does."""

    section: str
    name: str
    variable: str
    description: str
    kind: str
    value: str
    default: str
    source: str
    fixed_by: str
    changeable: bool
    secret: bool


class Settings(Reply):
    items: list[Setting]
