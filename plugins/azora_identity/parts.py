"""What one running identity plugin holds in memory: its password hasher and its session store."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from azora import NotAllowed, Service
from azora.permissions import members_permissions
from azora_identity import directory
from azora_identity.domain import covers
from azora_identity.passwords import Passwords
from azora_identity.stores import SessionStore, open_store

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
        return found if kind == "session" else None

    def permissions_of(self, account_id: str) -> frozenset[str]:
        """Everything that an account may do."""
        return directory.permissions_of(account_id, parts_of(self.hosted).members_may)

    def check_reach(self, permissions: Collection[str]) -> None:
        """Raise NotAllowed where these permissions go beyond the caller's: nobody lifts themselves up."""
        if not covers(self.actor.permissions, permissions):
            raise NotAllowed(
                "This goes beyond what you may do yourself.", code="identity.beyond_reach"
            )
