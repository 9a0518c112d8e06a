"""What identity offers: its requests and replies. A secret appears in a reply once, when it is made."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from azora import ListRequest, Reply, Request
from azora_identity.domain import MEMBER

MAX_PASSWORD = 128
"""Characters; generous, and a bound on the work that a stranger can ask for."""

Email = Annotated[
    str,
    Field(
        max_length=254,
        pattern=r"^[^@\s\x00-\x1f\x7f-\x9f\ufeff]+@[^@\s\x00-\x1f\x7f-\x9f\ufeff]+$",
        json_schema_extra={"format": "email"},
    ),
]
Line = Annotated[
    str,
    Field(
        max_length=200, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f-\x9f\ufeff][^\x00-\x1f\x7f]*$"
    ),
]
AccountId = Annotated[str, Field(pattern=r"^user:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
RowId = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
RoleName = Annotated[str, Field(max_length=64, pattern=r"^[a-z][a-z0-9-]*$")]
PermissionName = Annotated[str, Field(max_length=128, pattern=r"^(\*|[a-z0-9_]+\.[a-z0-9_]+)$")]
Locale = Annotated[str, Field(max_length=12, pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
Secret = Annotated[str, Field(repr=False, json_schema_extra={"format": "password"})]
Password = Annotated[Secret, Field(min_length=1, max_length=MAX_PASSWORD)]
SessionToken = Annotated[str, Field(repr=False, json_schema_extra={"cookie": "azora_session"})]


# Signing in


class Credential(Request):
    """A session cookie's value, or an API token."""

    token: Secret = Field(max_length=500)


class SignedActor(Reply):
    """The holder of a credential, signed for a short while; `expires` is in seconds since 1970."""

    token: Secret
    expires: float


class SignIn(Request):
    email: str = Field(min_length=1, max_length=254, json_schema_extra={"format": "email"})
    password: Password
    next: str = Field("/", max_length=500, description="The page to go to afterwards.")


class NewSession(Reply):
    """A new session. `next` is the page to go to: the new password first, where one is due."""

    session_token: SessionToken
    account_id: str
    must_change_password: bool
    next: str


class SignedOut(Reply):
    session_token: SessionToken = ""


class ChangePassword(Request):
    """Every session of the account ends; the reply brings a new one."""

    current_password: Password
    new_password: Password
    next: str = Field("/account", max_length=500, description="The page to go to afterwards.")


Code = Annotated[
    str,
    Field(
        min_length=6,
        max_length=20,
        pattern=r"^[0-9A-Za-z \-]+$",
        description="Six digits of the app, or a recovery code.",
    ),
]


class ConfirmSignIn(Request):
    code: Code
    next: str = Field("/", max_length=500, description="The page to go to afterwards.")


class SecondFactorState(Reply):
    """`on`, `begun` (a secret was shown but no code came yet) or `off`."""

    state: str
    required: bool
    recovery_codes: int


class NewSecondFactor(Reply):
    """What an authenticator app takes in: as text, as an address, and as a picture of that (a data URI)."""

    secret: Secret
    address: Secret
    picture: Secret


class TurnOnSecondFactor(Request):
    code: Code


class ConfirmPassword(Request):
    current_password: Password


class RecoveryCodes(Reply):
    """Shown once. Each confirms one sign-in where the phone is lost."""

    codes: list[Annotated[str, Field(json_schema_extra={"format": "password"})]]


class ResetPassword(Request):
    email: Email


class OneTimePassword(Reply):
    """Shown once. It is good for one sign-in, at which a new password must be chosen."""

    account_id: str
    email: str
    one_time_password: Secret


# One's own account


class Me(Reply):
    id: str
    name: str
    email: str
    locale: str | None
    roles: list[str]
    permissions: list[str]
    must_change_password: bool


class ChangeProfile(Request):
    name: Line
    locale: Locale | None = None


class OwnSession(Reply):
    """Where one is signed in; `device` is browser and system in words, as far as they say."""

    id: str
    created: datetime
    last_used: datetime
    ends: datetime
    address: str
    device: str
    current: bool


class OwnSessions(Reply):
    items: list[OwnSession]


class SessionRef(Request):
    id: RowId


class Revoked(Reply):
    """How many were ended."""

    count: int


class CreateToken(Request):
    name: Line
    scopes: list[PermissionName] = Field(
        min_length=1, max_length=100, description="What the token may do."
    )
    days: int = Field(90, ge=1, le=3650, description="Days until it expires.")


class OwnToken(Reply):
    """An API token without its secret; `hint` is how it begins."""

    id: str
    name: str
    hint: str
    scopes: list[str]
    created: datetime
    expires: datetime
    last_used: datetime | None


class NewToken(OwnToken):
    """The one time that the secret is shown."""

    secret: Secret


class OwnTokens(Reply):
    items: list[OwnToken]


class TokenRef(Request):
    id: RowId


# People and roles


class CreateAccount(Request):
    email: Email
    name: Line
    locale: Locale | None = None
    roles: list[RoleName] = Field(default=[MEMBER], max_length=20)


class ListAccounts(ListRequest):
    query: str = Field("", max_length=100, description="Part of a name or an e-mail address.")


class Account(Reply):
    id: str
    name: str
    email: str
    locale: str | None
    active: bool
    roles: list[str]
    created: datetime


class AccountRef(Request):
    id: AccountId


class Rights(Reply):
    """What an account may do today, and the names of its roles; a closed one may do nothing."""

    active: bool
    permissions: list[str]
    roles: list[str]


class ListRoles(Request):
    """All of them: a campus has few."""


class Role(Reply):
    name: str
    summary: str
    permissions: list[str]


class Roles(Reply):
    items: list[Role]


class SaveRole(Request):
    name: RoleName
    summary: str = Field("", max_length=200)
    permissions: list[PermissionName] = Field(max_length=500)


class RoleRef(Request):
    name: RoleName


class KnownPermission(Reply):
    name: str
    summary: str
    plugin: str
    members: bool = Field(description="Whether every member may do it without being granted it.")


class KnownPermissions(Reply):
    items: list[KnownPermission]


class GrantRef(Request):
    id: AccountId
    role: RoleName
