"""Setting up an empty campus: whoever has its one-time address names it, and becomes its administrator."""

import time

from azora import Conflict, NotFound, operation
from azora.context import Context, current, enter, leave
from azora.errors import AzoraError
from azora_identity import directory, domain, events, first_key
from azora_identity.contracts import NewSession
from azora_identity.domain import ADMINISTRATOR, EVERYTHING, PASSWORD
from azora_identity.first_run_contracts import (
    BeginCampus,
    CampusSettings,
    ChangeSetting,
    FirstRunKey,
    FirstRunState,
)
from azora_identity.models import AccountRow, RoleRow
from azora_identity.parts import IdentityService

ACTING_SECONDS = 60.0


class FirstRun(IdentityService):
    """Good once. However many open the address, the first to finish is the administrator."""

    campus = CampusSettings()

    @operation("GET /first-run", public=True)
    def read_first_run(self, request: FirstRunKey) -> FirstRunState:
        """Say whether this campus waits to be set up, and whether this is the address for it."""
        if AccountRow.select().exists():
            return FirstRunState(state="done")
        fits = first_key.fits(self.hosted, request.token)
        return FirstRunState(state="open" if fits else "unknown")

    @operation("POST /first-run", public=True, concurrency=2, rate="20/min", audited="act")
    def begin_campus(self, request: BeginCampus) -> NewSession:
        """Name the campus and its first administrator, who is signed in."""
        self._check_open(request.token)
        email, name = domain.normal_email(request.email), request.name.strip()
        own_words = [email, name, request.campus_name, "azora", "campus"]
        self.passwords.check_strength(request.new_password, own_words)
        hashed = self.passwords.hash(request.new_password)
        account_id = self._add_administrator(email, name, request.language, hashed)
        first_key.forget(self.hosted)
        session, secret = self.new_session(account_id, (PASSWORD,), time.time())
        self.replace_session(session)
        self._name_campus(account_id, request)
        return NewSession(
            session_token=secret, account_id=account_id, must_change_password=False, next="/home"
        )

    def _check_open(self, token: str) -> None:
        if AccountRow.select().exists():
            raise _begun()
        if not first_key.fits(self.hosted, token):
            raise NotFound(
                "This is not the address that `azora up --empty` printed. Nothing was changed.",
                code="identity.first_run_unknown",
            )

    def _add_administrator(self, email: str, name: str, locale: str, hashed: str) -> str:
        """The id of the first account. Raises Conflict where somebody else was quicker."""
        with self.transaction():
            RoleRow.update(name=ADMINISTRATOR).where(RoleRow.name == ADMINISTRATOR).execute()
            if AccountRow.select().exists():
                raise _begun()
            account_id = directory.add_account(email, name, locale)
            self.audit(on=account_id)
            directory.set_password(account_id, PASSWORD, hashed)
            directory.grant(account_id, ADMINISTRATOR, account_id)
            self.emit(events.AccountCreated(account_id=account_id, name=name, by=account_id))
            self.emit(events.RoleGranted(account_id=account_id, role=ADMINISTRATOR, by=account_id))
        return account_id

    def _name_campus(self, account_id: str, request: BeginCampus) -> None:
        """Set name and language as the new administrator; what fails here can be set again later."""
        context = Context(self.hosted.runtime, parent=current())
        signed = self.hosted.runtime.actors.sign(account_id, {EVERYTHING}, ACTING_SECONDS)
        context.token, context.actor = signed, self.hosted.runtime.actors.verify(signed)
        entered = enter(context)
        try:
            for name, value in (("name", request.campus_name), ("language", request.language)):
                self.campus.change_setting(ChangeSetting(name=name, value=value))
        except AzoraError as error:
            self.log.warning("campus_not_named", reason=error.detail)
        finally:
            leave(entered)


def _begun() -> Conflict:
    return Conflict(
        "This campus has been set up already. Nothing was changed; sign in, or ask its administrator.",
        code="identity.campus_begun",
    )
