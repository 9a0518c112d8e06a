"""Identity: who somebody is and what they may do. Start here."""

from typing import TYPE_CHECKING

from azora import Job, Permission, Plugin, hookimpl
from azora_identity import events, first_campus, subjects
from azora_identity.acting import Acting
from azora_identity.domain import (
    ACT_AS,
    CHANGE_PASSWORD,
    CONFIRM_SIGN_IN,
    USE_ACCOUNT,
    USE_SECOND_FACTOR,
)
from azora_identity.errorcodes import ERRORS
from azora_identity.first_run import FirstRun
from azora_identity.first_run_contracts import CampusSettings
from azora_identity.models import TABLES
from azora_identity.own_account import OwnAccount
from azora_identity.pages import PAGES
from azora_identity.parts import parts_of
from azora_identity.people import People
from azora_identity.roles import Roles
from azora_identity.second_factor import SecondFactor
from azora_identity.service import Access
from azora_identity.settings import IdentitySettings

if TYPE_CHECKING:
    import typer

    from azora.hosted import HostedPlugin


@hookimpl
def describe() -> Plugin:
    return Plugin(
        name="identity",
        summary="Accounts, sign-in, sessions, API tokens and roles",
        services=[Access, FirstRun, OwnAccount, SecondFactor, Acting, People, Roles],
        events=[
            events.AccountCreated,
            events.AccountDeactivated,
            events.AccountReactivated,
            events.AccountErased,
            events.SignedIn,
            events.SignInFailed,
            events.PasswordChanged,
            events.SecondFactorChanged,
            events.ActedAs,
            events.SessionRevoked,
            events.TokenCreated,
            events.TokenRevoked,
            events.RoleGranted,
            events.RoleRevoked,
            events.RoleChanged,
        ],
        permissions=[
            Permission(
                USE_ACCOUNT, "Use one's own account: profile, sessions, API tokens", own=True
            ),
            Permission(CHANGE_PASSWORD, "Change one's own password", own=True),
            Permission(CONFIRM_SIGN_IN, "Finish one's own sign-in with a code", own=True),
            Permission(USE_SECOND_FACTOR, "Set up one's own second factor", own=True),
            Permission(ACT_AS, "Act as somebody else for half an hour, on record"),
            Permission("identity.read_accounts", "See accounts and roles"),
            Permission("identity.manage_accounts", "Create, close and open accounts"),
            Permission("identity.manage_roles", "Say what roles permit and who holds them"),
            Permission("identity.delete_expired", "Delete sessions and tokens that have ended"),
        ],
        needs=[CampusSettings],
        errors=ERRORS,
        pages=PAGES,
        jobs=[Job("identity.delete_expired", "17 * * * *")],
        tables=TABLES,
        settings=IdentitySettings,
    )


@hookimpl
def startup(plugin: "HostedPlugin") -> None:
    parts_of(plugin)


@hookimpl
def seed(plugin: "HostedPlugin", demo: bool) -> None:
    first_campus.seed(plugin, demo=demo)


@hookimpl
def register_commands(cli: "typer.Typer") -> None:
    from azora_identity.commands import register

    register(cli)


@hookimpl
def erase_subject(plugin: "HostedPlugin", subject: str) -> str:
    return subjects.erase(plugin, subject)


@hookimpl
def export_subject(plugin: "HostedPlugin", subject: str) -> dict[str, object]:
    return subjects.export(plugin, subject)
