"""What administrators do with other people's accounts."""

import time
from typing import Any

from azora import CheckIds, KnownIds, ListReply, operation
from azora.data.keyset import paginate
from azora.permissions import CHECK_REFERENCES
from azora_identity import contracts, directory, domain, events, factors
from azora_identity.domain import ONE_TIME_PASSWORD
from azora_identity.models import AccountRow
from azora_identity.parts import IdentityService

READ, MANAGE = "identity.read_accounts", "identity.manage_accounts"


class People(IdentityService):
    """Creates, lists and closes accounts. Nobody acts against somebody who may do more than they."""

    @operation("POST /accounts", permission=MANAGE)
    def create_account(self, request: contracts.CreateAccount) -> contracts.OneTimePassword:
        """Create an account with a one-time password, which is shown this once."""
        email = domain.normal_email(request.email)
        for name in set(request.roles):
            self.check_reach(directory.role(name).permissions.split())
        password = domain.new_one_time_password()
        hashed = self.passwords.hash(password)
        by = self.actor.id
        with self.transaction():
            account_id = directory.add_account(email, request.name.strip(), request.locale)
            self.audit(on=account_id)
            expires = time.time() + self.settings.one_time_password_hours * 3600
            directory.set_password(account_id, ONE_TIME_PASSWORD, hashed, expires)
            self.emit(
                events.AccountCreated(account_id=account_id, name=request.name.strip(), by=by)
            )
            for name in sorted(set(request.roles)):
                directory.grant(account_id, name, by)
                self.emit(events.RoleGranted(account_id=account_id, role=name, by=by))
        return contracts.OneTimePassword(
            account_id=account_id, email=email, one_time_password=password
        )

    @operation("GET /accounts", permission=READ)
    def list_accounts(self, request: contracts.ListAccounts) -> ListReply[contracts.Account]:
        """List accounts by name."""
        query = AccountRow.select()
        if request.query:
            query = query.where(
                AccountRow.name.contains(request.query) | AccountRow.email.contains(request.query)
            )
        rows, following = paginate(query, request, order=[AccountRow.name, AccountRow.id])
        roles = directory.roles_of(row.id for row in rows)
        items = [directory.as_contract(row, roles[row.id]) for row in rows]
        return ListReply[contracts.Account](items=items, next=following)

    @operation("POST /accounts/known", permission=CHECK_REFERENCES, idempotent=True, http=False)
    def known_accounts(self, request: CheckIds) -> KnownIds:
        """Say which of these ids belong to an account; the campus's own actors always count."""
        rows = AccountRow.select(AccountRow.id).where(AccountRow.id.in_(request.ids))
        accounts = {row.id for row in rows}
        return KnownIds(
            ids=[one for one in request.ids if one in accounts or not one.startswith("user:")]
        )

    @operation("GET /accounts/{id}", permission=READ)
    def read_account(self, request: contracts.AccountRef) -> contracts.Account:
        """Read one account."""
        row = directory.account(request.id)
        return directory.as_contract(row, directory.roles_of([row.id])[row.id])

    @operation("GET /accounts/{id}/rights", permission=READ, http=False)
    def read_rights(self, request: contracts.AccountRef) -> contracts.Rights:
        """Say what somebody may do: for what is done on their behalf while they are away."""
        row = directory.account(request.id)
        if not row.active:
            return contracts.Rights(active=False, permissions=[], roles=[])
        roles = sorted(directory.roles_of([row.id])[row.id])
        may = domain.Holder(self.permissions_of(row.id)).effective()
        return contracts.Rights(active=True, permissions=sorted(may), roles=roles)

    @operation("POST /accounts/{id}/deactivation", permission=MANAGE, idempotent=True)
    def deactivate_account(self, request: contracts.AccountRef) -> contracts.Account:
        """Close an account: it can do nothing from now on, and can be opened again."""
        account = self._within_reach(request.id)
        ended = self.sessions.of_account(account.id)
        with self.transaction():
            directory.require_other_administrator(account.id)
            directory.void_sessions(account.id, time.time())
            if AccountRow.update(active=False).where(_is(account, active=True)).execute():
                self.emit(events.AccountDeactivated(account_id=account.id, by=self.actor.id))
        self.sessions.remove(ended)
        return self.read_account(request)

    @operation("POST /accounts/{id}/reactivation", permission=MANAGE, idempotent=True)
    def reactivate_account(self, request: contracts.AccountRef) -> contracts.Account:
        """Open a closed account again."""
        account = self._within_reach(request.id)
        with self.transaction():
            if AccountRow.update(active=True).where(_is(account, active=False)).execute():
                self.emit(events.AccountReactivated(account_id=account.id, by=self.actor.id))
        return self.read_account(request)

    @operation("DELETE /accounts/{id}/sessions", permission=MANAGE)
    def sign_out_account(self, request: contracts.AccountRef) -> contracts.Revoked:
        """End every session of an account."""
        account = self._within_reach(request.id)
        ended = self.sessions.of_account(account.id)
        with self.transaction():
            directory.void_sessions(account.id, time.time())
            for session in ended:
                self.emit(
                    events.SessionRevoked(
                        account_id=account.id, session_id=session.id, by=self.actor.id
                    )
                )
        self.sessions.remove(ended)
        return contracts.Revoked(count=len(ended))

    @operation("DELETE /accounts/{id}/second-factor", permission=MANAGE)
    def reset_second_factor(self, request: contracts.AccountRef) -> contracts.Account:
        """Take the second factor from somebody who lost their phone and their recovery codes."""
        account = self._within_reach(request.id)
        with self.transaction():
            if factors.turn_off(account.id):
                self.emit(
                    events.SecondFactorChanged(account_id=account.id, on=False, by=self.actor.id)
                )
        return self.read_account(request)

    def _within_reach(self, account_id: str) -> AccountRow:
        """The account, unless it may do more than the caller."""
        account = directory.account(account_id)
        self.check_reach(self.permissions_of(account_id))
        return account


def _is(account: AccountRow, *, active: bool) -> Any:
    return (AccountRow.id == account.id) & (AccountRow.active == active)
