"""Signing in and out, the password, and the answer to the kernel's question: who is this?"""

import time
from urllib.parse import quote

from azora import NotAllowed, NotAuthenticated, NotFound, Request, operation
from azora.context import current
from azora_identity import (
    acting,
    contracts,
    directory,
    domain,
    events,
    factors,
    first_password,
    throttle,
)
from azora_identity.domain import ONE_TIME_PASSWORD, PASSWORD, TOTP, Holder
from azora_identity.models import AccountRow, AuthenticatorRow, TokenRow
from azora_identity.parts import IdentityService
from azora_identity.throttle import Throttle

ACTOR_SECONDS = 60.0
"""How long a signed actor is good; the kernel asks anew every two seconds."""


class Access(IdentityService):
    """Proves who somebody is."""

    @operation("POST /actors", public=True, idempotent=True, http=False, concurrency=64)
    def authenticate(self, request: contracts.Credential) -> contracts.SignedActor:
        """Exchange a session's secret or an API token for a signed actor."""
        is_token = request.token.startswith(domain.TOKEN_PREFIX)
        found = (
            self._token_holder(request.token) if is_token else self._session_holder(request.token)
        )
        if found is None:
            raise NotAuthenticated("This session or token is unknown, expired or revoked.")
        account, holder, credential = found
        token = self.hosted.runtime.actors.sign(
            account.id,
            holder.effective(),
            ACTOR_SECONDS,
            name=account.name,
            locale=account.locale,
            credential=credential,
            roles=directory.roles_of([account.id])[account.id],
        )
        return contracts.SignedActor(token=token, expires=time.time() + ACTOR_SECONDS)

    @operation("POST /sessions", public=True, concurrency=8, rate="120/min")
    def sign_in(self, request: contracts.SignIn) -> contracts.NewSession:
        """Begin a session with an e-mail address and a password."""
        began = time.time()
        email = domain.normal_email(request.email)
        guard = Throttle(self.settings, email, current().address)
        with self.transaction():
            guard.take()
        account = directory.account_by_email(email)
        password = self._usable_password(account, began)
        if not self.passwords.matches(password.secret if password else None, request.password):
            self._refuse(account)
        assert account is not None and password is not None
        rehashed = self._rehash(password, request.password)
        session, secret = self.new_session(account.id, (password.kind,), began)
        with self.transaction():
            guard.forgive()
            if rehashed:
                AuthenticatorRow.update(secret=rehashed).where(
                    AuthenticatorRow.id == password.id
                ).execute()
            self.emit(
                events.SignedIn(
                    account_id=account.id,
                    session_id=session.id,
                    methods=list(session.methods),
                    network=domain.network_of(session.address),
                )
            )
        self.replace_session(session)
        first_password.forget(self.hosted, request.password)
        due = password.kind == ONE_TIME_PASSWORD
        following = domain.safe_path(request.next)
        if not due and factors.confirmed(account.id):
            following = f"/sign-in/code?next={quote(following, safe='/')}"
        return contracts.NewSession(
            session_token=secret,
            account_id=account.id,
            must_change_password=due,
            next=_new_password_page(request.next) if due else following,
        )

    @operation("DELETE /sessions/current", public=True)
    def sign_out(self, request: Request) -> contracts.SignedOut:
        """End this session. Whoever has none is signed out already."""
        actor = self.actor_or_none
        if actor and self.session_id:
            ending = [
                one for one in self.sessions.of_account(actor.id) if one.id == self.session_id
            ]
            self.sessions.remove(ending)
            for session in ending:
                self.emit(
                    events.SessionRevoked(account_id=actor.id, session_id=session.id, by=actor.id)
                )
        return contracts.SignedOut()

    @operation("GET /me", public=True)
    def me(self, request: Request) -> contracts.Me:
        """Say who is asking, and what they may do."""
        actor = self.actor
        account = AccountRow.get_or_none(AccountRow.id == actor.id)
        return contracts.Me(
            id=actor.id,
            name=account.name if account else actor.name or actor.id,
            email=account.email if account else "",
            locale=account.locale if account else actor.locale,
            roles=directory.roles_of([actor.id])[actor.id] if account else [],
            permissions=sorted(actor.permissions),
            must_change_password=actor.permissions == {domain.CHANGE_PASSWORD},
        )

    @operation("POST /password", permission=domain.CHANGE_PASSWORD, concurrency=8)
    def change_password(self, request: contracts.ChangePassword) -> contracts.NewSession:
        """Choose a new password. Every session of the account ends, and this one goes on anew."""
        if self.session_id is None:
            raise NotAllowed(
                "Sign in with your password to change it.", code="identity.session_required"
            )
        account = directory.account(self.actor.id)
        self.confirm_password(account, request.current_password)
        self.passwords.check_strength(
            request.new_password, [account.email, account.name, "azora", "campus"]
        )
        hashed = self.passwords.hash(request.new_password)
        ended = self.sessions.of_account(account.id)
        with self.transaction():
            directory.set_password(account.id, PASSWORD, hashed)
            self.emit(events.PasswordChanged(account_id=account.id, by=account.id))
        shown = {method for one in ended if one.id == self.session_id for method in one.methods}
        methods = (PASSWORD, TOTP) if TOTP in shown else (PASSWORD,)
        session, secret = self.new_session(account.id, methods, time.time())
        self.sessions.remove(ended)
        self.sessions.add(session)
        first_password.forget(self.hosted, request.current_password)
        return contracts.NewSession(
            session_token=secret,
            account_id=account.id,
            must_change_password=False,
            next=domain.safe_path(request.next),
        )

    @operation("POST /password-resets", permission="identity.manage_accounts", http=False)
    def reset_password(self, request: contracts.ResetPassword) -> contracts.OneTimePassword:
        """Replace a lost password by a one-time one. For whoever sits at the campus's terminal."""
        if not self.actor.id.startswith("operator:"):
            raise NotAllowed(
                "A password is reset at the terminal of the campus.", code="identity.terminal_only"
            )
        account = directory.account_by_email(domain.normal_email(request.email))
        if account is None:
            raise NotFound("No account has this e-mail address.", code="identity.account_not_found")
        self.audit(on=account.id)
        password = domain.new_one_time_password()
        hashed = self.passwords.hash(password)
        ended = self.sessions.of_account(account.id)
        with self.transaction():
            expires = time.time() + self.settings.one_time_password_hours * 3600
            directory.set_password(account.id, ONE_TIME_PASSWORD, hashed, expires)
            Throttle(self.settings, account.email, None).forgive()
            self.emit(events.PasswordChanged(account_id=account.id, by=self.actor.id))
        self.sessions.remove(ended)
        return contracts.OneTimePassword(
            account_id=account.id, email=account.email, one_time_password=password
        )

    @operation("POST /expired", permission="identity.delete_expired", http=False, idempotent=True)
    def delete_expired(self, request: Request) -> contracts.Revoked:
        """Delete ended sessions, expired tokens and failures that no longer count."""
        now = time.time()
        ended = self.sessions.remove_ended(now)
        with self.transaction():
            ended += TokenRow.delete().where(TokenRow.expires <= now).execute()
            throttle.forget_old(now)
        return contracts.Revoked(count=ended)

    def _session_holder(self, secret: str) -> tuple[AccountRow, Holder, str] | None:
        now = time.time()
        session = self.sessions.get(domain.digest(secret))
        if session is None or self.settings.session_limits.over(session, now):
            return None
        account = AccountRow.get_or_none(AccountRow.id == session.account_id)
        if account is None or not account.active or session.created < account.sessions_since:
            return None
        if now - session.last_used >= domain.TOUCH_EVERY:
            self.sessions.touch(session, now)
        if administrator := acting.administrator_of(session):
            shared = acting.holder_of(self, account, session, administrator, now)
            named = f"acting:{session.id}/{administrator}"
            return (account, shared, named) if shared else None
        must_confirm, must_set_up = factors.due(account.id, session, self.settings)
        holder = Holder(
            self.permissions_of(account.id),
            must_change_password=ONE_TIME_PASSWORD in session.methods,
            must_confirm=must_confirm,
            must_set_up=must_set_up,
        )
        return account, holder, f"session:{session.id}"

    def _token_holder(self, secret: str) -> tuple[AccountRow, Holder, str] | None:
        now = time.time()
        token = TokenRow.get_or_none(TokenRow.digest == domain.digest(secret))
        if token is None or token.expires <= now or not token.account.active:
            return None
        if now - (token.last_used or 0.0) >= domain.TOUCH_EVERY:
            with self.transaction():
                TokenRow.update(last_used=now).where(TokenRow.id == token.id).execute()
        permissions = self.permissions_of(token.account_id)
        holder = Holder(permissions, scopes=frozenset(token.scopes.split()))
        return token.account, holder, f"token:{token.id}"

    def _usable_password(self, account: AccountRow | None, now: float) -> AuthenticatorRow | None:
        password = directory.password_of(account.id) if account and account.active else None
        expired = password is not None and password.expires is not None and password.expires <= now
        return None if expired else password

    def _refuse(self, account: AccountRow | None) -> None:
        """The same answer whether the account is unknown, deactivated, or its password another."""
        network = domain.network_of(current().address)
        self.emit(events.SignInFailed(account_id=account.id if account else None, network=network))
        raise NotAuthenticated(
            "The e-mail address or the password is wrong.", code="identity.sign_in_failed"
        )

    def _rehash(self, password: AuthenticatorRow, typed: str) -> str | None:
        return self.passwords.hash(typed) if self.passwords.is_stale(password.secret) else None


def _new_password_page(following: str) -> str:
    return f"/account/password?next={quote(domain.safe_path(following), safe='/')}"
