"""What one running identity plugin holds in memory: its password hasher and its session store."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from azora import NotAllowed, Service
from azora.context import current
from azora.ids import uuid7
from azora.permissions import members_permissions
from azora_identity import directory, domain
from azora_identity.domain import Session, covers
from azora_identity.models import AccountRow
from azora_identity.passwords import Passwords
from azora_identity.refusal import refusal
from azora_identity.stores import SessionStore, open_store
from azora_identity.throttle import Throttle

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin


@dataclass(frozen=True)
class Parts:
    passwords: Passwords
    sessions: SessionStore
    members_may: frozenset[str]
    """What every member may do without being granted it."""


_parts: "WeakKeyDictionary[HostedPlugin, Parts]" = WeakKeyDictionary()


def parts_of(plugin: "HostedPlugin") -> Parts:
    """The parts of this running plugin, made at first use."""
    if plugin not in _parts:
        members_may = members_permissions(plugin.runtime.registry)
        _parts[plugin] = Parts(Passwords(plugin.settings), open_store(plugin), members_may)
    return _parts[plugin]


class IdentityService(Service):
    """The base of identity's services."""

    @property
    def passwords(self) -> Passwords:
        return parts_of(self.hosted).passwords

    @property
    def sessions(self) -> SessionStore:
        return parts_of(self.hosted).sessions

    @property
    def session_id(self) -> str | None:
        """The session with which the caller came, or None: signed out, an API token, the terminal."""
        actor = self.actor_or_none
        kind, _, found = actor.credential.partition(":") if actor else ("", "", "")
        return found.partition("/")[0] if kind in ("session", "acting") else None

    def permissions_of(self, account_id: str) -> frozenset[str]:
        """Everything that an account may do."""
        return directory.permissions_of(account_id, parts_of(self.hosted).members_may)

    def new_session(
        self, account_id: str, methods: tuple[str, ...], began: float
    ) -> tuple[Session, str]:
        """A session of whoever calls, and the secret that their device keeps."""
        secret = domain.new_secret()
        session = Session(
            id=uuid7(),
            digest=domain.digest(secret),
            account_id=account_id,
            methods=methods,
            created=began,
            last_used=began,
            address=(self.address or "")[:64],
            agent=(current().agent or "")[:200],
        )
        return session, secret

    def replace_session(self, session: Session) -> None:
        """Let the new session take the place of the one with which the caller came."""
        actor = self.actor_or_none
        if actor and self.session_id:
            old = [one for one in self.sessions.of_account(actor.id) if one.id == self.session_id]
            self.sessions.remove(old)
        self.sessions.add(session)

    def confirm_password(self, account: AccountRow, typed: str) -> None:
        """Raise Invalid unless this is the account's password; a wrong one counts as a failed sign-in."""
        guard = Throttle(self.settings, account.email, current().address)
        with self.transaction():
            guard.take()
        password = directory.password_of(account.id)
        if not self.passwords.matches(password.secret if password else None, typed):
            wrong = "This is not your current password."
            raise refusal("current_password", "identity.wrong_password", wrong)
        with self.transaction():
            guard.forgive()

    @property
    def address(self) -> str | None:
        """Where the caller calls from, as the edge saw it."""
        return current().address

    def check_reach(self, permissions: Collection[str]) -> None:
        """Raise NotAllowed where these permissions go beyond the caller's: nobody lifts themselves up."""
        if not covers(self.actor.permissions, permissions):
            raise NotAllowed(
                "This goes beyond what you may do yourself.", code="identity.beyond_reach"
            )
