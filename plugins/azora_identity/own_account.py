"""What everybody does with their own account: profile, sessions, API tokens."""

import time

from azora import NotAllowed, NotFound, Request, operation
from azora.ids import uuid7
from azora_identity import contracts, directory, domain, events
from azora_identity.directory import moment
from azora_identity.domain import USE_ACCOUNT, Session
from azora_identity.models import AccountRow, TokenRow
from azora_identity.parts import IdentityService
from azora_identity.refusal import refusal

HINT_LENGTH = len(domain.TOKEN_PREFIX) + 4


class OwnAccount(IdentityService):
    """Serves whoever is signed in, about themselves alone."""

    @operation("PUT /me", permission=USE_ACCOUNT)
    def change_profile(self, request: contracts.ChangeProfile) -> contracts.Account:
        """Change one's own name and language."""
        account = directory.account(self.actor.id)
        with self.transaction():
            changes = {"name": request.name.strip(), "locale": request.locale}
            AccountRow.update(changes).where(AccountRow.id == account.id).execute()
        return directory.as_contract(
            directory.account(account.id), directory.roles_of([account.id])[account.id]
        )

    @operation("GET /sessions", permission=USE_ACCOUNT)
    def list_sessions(self, request: Request) -> contracts.OwnSessions:
        """List where one is signed in, newest first."""
        return contracts.OwnSessions(
            items=[self._shown(session) for session in self._live_sessions()]
        )

    @operation("DELETE /sessions/{id}", permission=USE_ACCOUNT)
    def revoke_session(self, request: contracts.SessionRef) -> contracts.Revoked:
        """End one of one's own sessions, on whatever device it is."""
        ending = [session for session in self._live_sessions() if session.id == request.id]
        if not ending:
            raise NotFound("You have no such session.", code="identity.session_not_found")
        return self._end(ending)

    @operation("DELETE /sessions", permission=USE_ACCOUNT)
    def revoke_other_sessions(self, request: Request) -> contracts.Revoked:
        """End all of one's own sessions but this one."""
        return self._end(
            [session for session in self._live_sessions() if session.id != self.session_id]
        )

    @operation("POST /tokens", permission=USE_ACCOUNT)
    def create_token(self, request: contracts.CreateToken) -> contracts.NewToken:
        """Make an API token that may do some of what its owner may. Its secret is shown this once."""
        if self.session_id is None:
            raise NotAllowed(
                "Sign in to make a token: a token makes no tokens.",
                code="identity.session_required",
            )
        self._check_scopes(request.scopes)
        self._check_days(request.days)
        secret = domain.new_api_token()
        now = time.time()
        with self.transaction():
            row = TokenRow.create(
                id=uuid7(),
                digest=domain.digest(secret),
                account=directory.account(self.actor.id),
                name=request.name.strip(),
                hint=secret[:HINT_LENGTH],
                scopes=" ".join(sorted(set(request.scopes))),
                created=now,
                expires=now + request.days * 86_400,
            )
            self.emit(
                events.TokenCreated(
                    account_id=self.actor.id, token_id=row.id, scopes=row.scopes.split()
                )
            )
        return contracts.NewToken(**_token(row).model_dump(), secret=secret)

    @operation("GET /tokens", permission=USE_ACCOUNT)
    def list_tokens(self, request: Request) -> contracts.OwnTokens:
        """List one's own API tokens, newest first, without their secrets."""
        mine = (TokenRow.account == self.actor.id) & (TokenRow.expires > time.time())
        rows = TokenRow.select().where(mine).order_by(TokenRow.id.desc())
        return contracts.OwnTokens(items=[_token(row) for row in rows])

    @operation("DELETE /tokens/{id}", permission=USE_ACCOUNT)
    def revoke_token(self, request: contracts.TokenRef) -> contracts.Revoked:
        """Revoke one of one's own API tokens."""
        mine = (TokenRow.id == request.id) & (TokenRow.account == self.actor.id)
        with self.transaction():
            count = TokenRow.delete().where(mine).execute()
            if not count:
                raise NotFound("You have no such token.", code="identity.token_not_found")
            self.emit(events.TokenRevoked(account_id=self.actor.id, token_id=request.id))
        return contracts.Revoked(count=count)

    def _live_sessions(self) -> list[Session]:
        limits, now = self.settings.session_limits, time.time()
        since = directory.account(self.actor.id).sessions_since
        mine = self.sessions.of_account(self.actor.id)
        return [one for one in mine if not limits.over(one, now) and one.created >= since]

    def _end(self, ending: list[Session]) -> contracts.Revoked:
        self.sessions.remove(ending)
        with self.transaction():
            for session in ending:
                self.emit(
                    events.SessionRevoked(
                        account_id=session.account_id, session_id=session.id, by=self.actor.id
                    )
                )
        return contracts.Revoked(count=len(ending))

    def _shown(self, session: Session) -> contracts.OwnSession:
        return contracts.OwnSession(
            id=session.id,
            created=moment(session.created),
            last_used=moment(session.last_used),
            ends=moment(self.settings.session_limits.ends(session)),
            address=session.address,
            device=domain.device_of(session.agent),
            current=session.id == self.session_id,
        )

    def _check_scopes(self, scopes: list[str]) -> None:
        beyond = sorted(
            scope for scope in scopes if not domain.covers(self.actor.permissions, [scope])
        )
        if beyond:
            detail = f"You do not hold {beyond[0]} yourself."
            raise refusal("scopes", "identity.beyond_owner", detail)

    def _check_days(self, days: int) -> None:
        longest = self.settings.token_max_days
        if days > longest:
            raise refusal("days", "less_than_equal", f"Write {longest} or less.", le=longest)


def _token(row: TokenRow) -> contracts.OwnToken:
    return contracts.OwnToken(
        id=row.id,
        name=row.name,
        hint=row.hint,
        scopes=row.scopes.split(),
        created=moment(row.created),
        expires=moment(row.expires),
        last_used=None if row.last_used is None else moment(row.last_used),
    )
