"""What the pages of the campus's administration are asked and answer, and what they read of identity."""

from datetime import date
from typing import Annotated

from pydantic import Field

from azora import ListReply, ListRequest, Reply, Request, needs
from azora.admin.contracts import ActId, Entry, Verified

ADMINISTER = "web.administer"
PluginName = Annotated[str, Field(max_length=60, pattern=r"^[a-z][a-z0-9_]*$")]


class Administered(Reply):
    """A plugin that the reader administers."""

    plugin: str
    summary: str
    tables: list[str]


class Administrations(Reply):
    items: list[Administered]


class SearchAudit(ListRequest):
    """Acts of the whole campus, the newest first."""

    limit: int = Field(30, ge=1, le=200)
    plugin: str = Field("", max_length=60)
    person: str = Field(
        "", max_length=254, description="An id, or part of a name or e-mail address."
    )
    of: str = Field("", max_length=200, description="An operation's name, or how it begins.")
    on: str = Field("", max_length=200, description="Stands somewhere in what it was done to.")
    since: date | None = None
    until: date | None = Field(None, description="The last day.")


class NamedEntry(Entry):
    """An entry with the name of who acted, as it is now; without one where the person is gone."""

    name: str


class AuditPage(ListReply[NamedEntry]):
    """`missing` names the plugins that did not answer: their entries are not among these."""

    missing: list[str]
    plugins: list[str]


class ReadCampusAct(Request):
    plugin: PluginName
    act: ActId


class WholeAct(Reply):
    """One act, and the rows that it changed."""

    act: NamedEntry
    rows: list[Entry]


class PluginVerified(Verified):
    plugin: str


class AuditVerified(Reply):
    """Every plugin's chain, and whether all are whole."""

    whole: bool
    items: list[PluginVerified]


# What we read of identity


class ListAccounts(ListRequest):
    query: str = Field("", max_length=100)


class AccountRef(Request):
    id: str


class Account(Reply):
    id: str
    name: str


class Accounts(ListReply[Account]):
    """The first page of those who were found."""


@needs("identity", optional=True)
class Identity:
    def list_accounts(self, request: ListAccounts) -> Accounts: ...

    def read_account(self, request: AccountRef) -> Account: ...
