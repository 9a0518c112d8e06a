"""What is asked and answered about who may see what, and what we read of identity."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from azora import Event, ListReply, ListRequest, Reply, Request, needs
from azora_library.catalogue.access import Cover
from azora_library.catalogue.contracts import AccessLevels
from azora_library.catalogue.fields import Line, Prose, ResourceId, Revision

State = Literal["pending", "granted", "refused"]
Decision = Literal["granted", "refused"]
Subject = Annotated[str, StringConstraints(pattern=r"^(user|role):[^\s/\x00-\x1f\x7f-\x9f]{1,70}$")]
Expires = Annotated[date | None, Field(description="The day from which it holds no more.")]


class SetAccess(AccessLevels, Request):
    """Who may see a record and open its file; a file is never more open than its record."""

    id: ResourceId
    if_revision: Revision = None


class ResourceRef(Request):
    id: ResourceId


class LetIn(Request):
    """Let a person in, or everybody who holds a role."""

    id: ResourceId
    person: Annotated[Line, StringConstraints(max_length=254)] | None = Field(
        None, description="An e-mail address, a name that fits one person, or the id of an account."
    )
    role: Annotated[Line, StringConstraints(max_length=64)] | None = None
    expires: Expires = None


class ShutOut(Request):
    id: ResourceId
    subject: Subject


class Grant(Reply):
    """Somebody who was let in: `subject` is `user:…` or `role:…`."""

    subject: str
    name: str
    expires: date | None
    created: datetime


class MakeLink(Request):
    """A link that opens a record to whoever has it."""

    id: ResourceId
    note: Annotated[Line, StringConstraints(max_length=200)] = Field(
        description="Whom it is for, so that you know it again."
    )
    covers: Cover = "file"
    expires: Expires = None


class LinkRef(Request):
    id: ResourceId
    link: ResourceId


class SecretLink(Reply):
    """A secret link without its secret; `uses` counts readings and downloads by it."""

    id: str
    note: str
    covers: Cover
    expires: date | None
    uses: int
    last_used: datetime | None
    created: datetime


class NewLink(SecretLink):
    """The one time that the link itself is told: what follows the campus's own address."""

    address: Annotated[str, Field(repr=False)]


class AskForAccess(Request):
    id: ResourceId
    reason: Annotated[Prose, StringConstraints(min_length=1, max_length=2000)]


class AccessRequest(Reply):
    """A reader's question whether they may see a record or open its file, and the library's answer."""

    id: str
    resource: str
    title: str
    person: str
    name: str
    reason: str
    state: State
    answer: str
    created: datetime
    decided: datetime | None


class OwnRequest(Reply):
    """Your newest question about a resource, where you asked."""

    request: AccessRequest | None


class ListAccessRequests(ListRequest):
    state: State = "pending"


class AccessRequests(ListReply[AccessRequest]):
    """Requests of one state, the oldest first."""


class OwnAccessRequests(ListReply[AccessRequest]):
    """What you asked for, the newest first."""


class AnswerRequest(Request):
    request: ResourceId
    decision: Decision
    answer: Annotated[Prose, StringConstraints(max_length=2000)] = ""
    expires: Expires = None


class RequestRef(Request):
    request: ResourceId


class Sharing(Reply):
    """Everything about who may see a resource, for who decides it."""

    levels: AccessLevels
    title: str
    has_file: bool
    revision: int
    grants: list[Grant]
    links: list[SecretLink]
    requests: list[AccessRequest]
    roles: list[str] = Field(description="The roles that may be let in, where you may see them.")


class LiftEmbargoes(Request):
    """No choice to make."""


class EmbargoesLifted(Reply):
    lifted: int


class AccessAsked(Event):
    """Somebody asked to be let in to a resource."""

    key_field = "resource"

    id: str
    resource: str
    person: str


class AccessGranted(Event):
    """A person or a role was let in; `request` where somebody had asked."""

    key_field = "resource"

    resource: str
    subject: str
    request: str | None = None


class AccessRefused(Event):
    key_field = "resource"

    resource: str
    subject: str
    request: str


class AccessEnded(Event):
    """What let a person or a role in was taken back."""

    key_field = "resource"

    resource: str
    subject: str


# What we read of identity


class FindAccounts(ListRequest):
    query: str


class AccountRef(Request):
    id: str


class FoundAccount(Reply):
    id: str
    name: str
    email: str


class FoundRole(Reply):
    name: str


class FoundRoles(Reply):
    items: list[FoundRole]


class Rights(Reply):
    active: bool
    permissions: list[str]
    roles: list[str]


@needs("identity", optional=True)
class Identity:
    def list_accounts(self, request: FindAccounts) -> ListReply[FoundAccount]: ...
    def read_account(self, request: AccountRef) -> FoundAccount: ...
    def read_rights(self, request: AccountRef) -> Rights: ...
    def list_roles(self, request: Request) -> FoundRoles: ...
