"""What identity holds about one person: all of it exported, all of it erased."""

from typing import TYPE_CHECKING

from azora_identity import directory, events
from azora_identity.directory import moment
from azora_identity.domain import digest
from azora_identity.models import (
    AccountRow,
    AuthenticatorRow,
    FailuresRow,
    GrantRow,
    SessionRow,
    TokenRow,
)
from azora_identity.parts import parts_of

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin


def export(plugin: "HostedPlugin", subject: str) -> dict[str, object]:
    """The account with its roles, sessions and tokens; never a secret or its hash."""
    account = AccountRow.get_or_none(AccountRow.id == subject)
    if account is None:
        return {}
    sessions = parts_of(plugin).sessions.of_account(subject)
    tokens = TokenRow.select().where(TokenRow.account == subject).order_by(TokenRow.id)
    return {
        "account": directory.as_contract(
            account, directory.roles_of([subject])[subject]
        ).model_dump(mode="json"),
        "sessions": [
            {
                "created": moment(session.created).isoformat(),
                "last_used": moment(session.last_used).isoformat(),
                "address": session.address,
                "agent": session.agent,
            }
            for session in sessions
        ],
        "tokens": [
            {
                "name": token.name,
                "scopes": token.scopes.split(),
                "created": moment(token.created).isoformat(),
            }
            for token in tokens
        ],
    }


def erase(plugin: "HostedPlugin", subject: str) -> str:
    """Delete the account and all that hangs on it. Returns `erased`, or `none` where there was nothing."""
    account = AccountRow.get_or_none(AccountRow.id == subject)
    if account is None:
        return "none"
    sessions = parts_of(plugin).sessions
    sessions.remove(sessions.of_account(subject))
    with plugin.transaction():
        for table in (SessionRow, TokenRow, AuthenticatorRow, GrantRow):
            table.delete().where(table.account == subject).execute()
        FailuresRow.delete().where(FailuresRow.key == digest(f"account:{account.email}")).execute()
        GrantRow.update(by="erased").where(GrantRow.by == subject).execute()
        AccountRow.delete().where(AccountRow.id == subject).execute()
        plugin.emit(events.AccountErased(account_id=subject))
    return "erased"
