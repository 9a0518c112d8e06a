"""An administrator acts as somebody else, to see what they see: for half an hour, on record, and no higher.

The session belongs to the person and names the administrator. It permits what both may do, and nothing
about the person's own account: no password, no second factor, no token.
"""

import time

from azora import Conflict, NotAllowed, operation
from azora_identity import contracts, directory, domain, events
from azora_identity.domain import ACT_AS, ACTING, Holder, Session
from azora_identity.models import AccountRow
from azora_identity.parts import IdentityService

SECONDS = 1800.0


class Acting(IdentityService):
    """Begins to act as somebody else; signing out ends it."""

    @operation("POST /accounts/{id}/acting", permission=ACT_AS, rate="20/min")
    def act_as(self, request: contracts.AccountRef) -> contracts.NewSession:
        """Act as somebody else for half an hour; everything goes on record under both names."""
        if self.session_id is None or self.actor.by:
            raise NotAllowed(
                "Sign in as yourself to act as somebody else.", code="identity.session_required"
            )
        account = directory.account(request.id)
        self.check_reach(self.permissions_of(account.id))
        if account.id == self.actor.id or not account.active:
            raise Conflict(
                "You act as others, and only while their account is open.",
                code="identity.cannot_act_as",
            )
        began = time.time()
        session, secret = self.new_session(account.id, (f"{ACTING}{self.actor.id}",), began)
        with self.transaction():
            self.emit(events.ActedAs(account_id=account.id, by=self.actor.id))
        self.replace_session(session)
        return contracts.NewSession(
            session_token=secret, account_id=account.id, must_change_password=False, next="/"
        )


def administrator_of(session: Session) -> str | None:
    """Who acts in this session as the person whom it belongs to; None where that is the person."""
    named = [method for method in session.methods if method.startswith(ACTING)]
    return named[0].removeprefix(ACTING) if named else None


def holder_of(
    service: IdentityService, account: AccountRow, session: Session, administrator: str, now: float
) -> Holder | None:
    """What both the person and the administrator may do; None once the time or the right is over."""
    row = AccountRow.get_or_none(AccountRow.id == administrator)
    theirs = service.permissions_of(administrator)
    if row is None or not row.active or now - session.created > SECONDS:
        return None
    if not domain.covers(theirs, {ACT_AS}):
        return None
    shared = domain.narrowed(service.permissions_of(account.id), theirs)
    return Holder(shared, acting=True)
