"""Accounts, their roles and their passwords in the tables: what several services read and write."""

import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime

from azora import Conflict, NotFound
from azora.ids import uuid7
from azora_identity import contracts
from azora_identity.domain import ADMINISTRATOR, MEMBER, ONE_TIME_PASSWORD, PASSWORD
from azora_identity.models import AccountRow, AuthenticatorRow, GrantRow, RoleRow

PASSWORDS = (PASSWORD, ONE_TIME_PASSWORD)


def moment(seconds: float) -> datetime:
    """Seconds since 1970 as an aware datetime."""
    return datetime.fromtimestamp(seconds, UTC)


def account(account_id: str) -> AccountRow:
    """The account, active or not. Raises NotFound."""
    row = AccountRow.get_or_none(AccountRow.id == account_id)
    if row is None:
        raise NotFound("There is no such account.", code="identity.account_not_found")
    return row


def account_by_email(email: str) -> AccountRow | None:
    """The account with this normal e-mail address, or None."""
    return AccountRow.get_or_none(AccountRow.email == email)


def add_account(email: str, name: str, locale: str | None = None) -> str:
    """The id of a new active account without roles or a way to sign in. `email` is in its normal form.

    Raises Conflict where somebody has the address.
    """
    now = time.time()
    account_id = f"user:{uuid7()}"
    values = {"id": account_id, "email": email, "name": name, "locale": locale, "active": True}
    times = {"created": now, "sessions_since": now}
    if not AccountRow.insert(values | times).on_conflict_ignore().as_rowcount().execute():
        raise Conflict("Somebody has this e-mail address already.", code="identity.email_taken")
    return account_id


def password_of(account_id: str) -> AuthenticatorRow | None:
    """The account's password, one-time or chosen, or None."""
    mine = AuthenticatorRow.account == account_id
    return AuthenticatorRow.get_or_none(mine & AuthenticatorRow.kind.in_(PASSWORDS))


def set_password(account_id: str, kind: str, hashed: str, expires: float | None = None) -> None:
    """Replace the account's password, and void every session that began before now."""
    now = time.time()
    mine = AuthenticatorRow.account == account_id
    AuthenticatorRow.delete().where(mine & AuthenticatorRow.kind.in_(PASSWORDS)).execute()
    AuthenticatorRow.create(
        id=uuid7(), account=account_id, kind=kind, secret=hashed, created=now, expires=expires
    )
    void_sessions(account_id, now)


def void_sessions(account_id: str, now: float) -> None:
    """Let no session live that began before `now`, whatever store it is in."""
    AccountRow.update(sessions_since=now).where(AccountRow.id == account_id).execute()


def permissions_of(account_id: str, members_may: frozenset[str]) -> frozenset[str]:
    """Everything that the account's roles permit; a member may also what `members_may` says."""
    roles = RoleRow.select(RoleRow.name, RoleRow.permissions).join(GrantRow)
    held: frozenset[str] = frozenset()
    for row in roles.where(GrantRow.account == account_id):
        held |= frozenset(row.permissions.split())
        held |= members_may if row.name == MEMBER else frozenset()
    return held


def roles_of(account_ids: Iterable[str]) -> dict[str, list[str]]:
    """The names of each account's roles."""
    found: dict[str, list[str]] = defaultdict(list)
    grants = (
        GrantRow.select().where(GrantRow.account.in_(list(account_ids))).order_by(GrantRow.role)
    )
    for grant in grants:
        found[grant.account_id].append(grant.role_id)
    return found


def role(name: str) -> RoleRow:
    """The role. Raises NotFound."""
    row = RoleRow.get_or_none(RoleRow.name == name)
    if row is None:
        raise NotFound(f"There is no role {name}.", code="identity.role_not_found")
    return row


def grant(account_id: str, role_name: str, by: str) -> bool:
    """Give the account the role; whether that is news."""
    values = {"account": account_id, "role": role_name, "granted": time.time(), "by": by}
    return bool(GrantRow.insert(**values).on_conflict_ignore().as_rowcount().execute())


def require_other_administrator(account_id: str) -> None:
    """Raise Conflict where nobody else could administer the campus. Holds off whoever asks the same."""
    RoleRow.update(name=ADMINISTRATOR).where(RoleRow.name == ADMINISTRATOR).execute()
    others = (GrantRow.role == ADMINISTRATOR) & AccountRow.active & (AccountRow.id != account_id)
    if not GrantRow.select().join(AccountRow).where(others).exists():
        raise Conflict(
            "The campus needs another administrator first.", code="identity.last_administrator"
        )


def as_contract(row: AccountRow, roles: list[str]) -> contracts.Account:
    """The account as others may see it."""
    return contracts.Account(
        id=row.id, name=row.name, email=row.email, locale=row.locale, active=row.active,
        roles=roles, created=moment(row.created),
    )  # fmt: skip
