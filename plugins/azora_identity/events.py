"""What identity tells everybody. People appear by id; what else names one is marked personal."""

from typing import ClassVar

from azora import Event


class AboutAccount(Event):
    """What happened to one account; events of one account keep their order."""

    key_field: ClassVar[str | None] = "account_id"

    account_id: str


class AccountCreated(AboutAccount):
    personal: ClassVar[dict[str, str]] = {"name": "account_id"}

    name: str
    by: str


class AccountDeactivated(AboutAccount):
    by: str


class AccountReactivated(AboutAccount):
    by: str


class AccountErased(AboutAccount):
    """The person is forgotten here; whoever keeps things by their id may follow."""


class SignedIn(AboutAccount):
    """`network` is the /24 or /48 of the address: it shows an attack and names nobody."""

    session_id: str
    methods: list[str]
    network: str


class SignInFailed(Event):
    """`account_id` is absent where no account has that address; what was typed is never told."""

    account_id: str | None
    network: str


class PasswordChanged(AboutAccount):
    """`by` is the account itself, or whoever reset the password."""

    by: str


class ActedAs(AboutAccount):
    """An administrator began to act as the account."""

    by: str


class SecondFactorChanged(AboutAccount):
    """`on` says whether sign-in asks for a code now; `by` is the account itself, or who took it away."""

    on: bool
    by: str


class SessionRevoked(AboutAccount):
    session_id: str
    by: str


class TokenCreated(AboutAccount):
    token_id: str
    scopes: list[str]


class TokenRevoked(AboutAccount):
    token_id: str


class RoleGranted(AboutAccount):
    role: str
    by: str


class RoleRevoked(AboutAccount):
    role: str
    by: str


class RoleChanged(Event):
    """The role permits this now; nothing, where it is gone."""

    key_field: ClassVar[str | None] = "role"

    role: str
    permissions: list[str]
    by: str
