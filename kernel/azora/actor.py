"""Who acts: Ed25519-signed actors, and the ring of keys that says which key may speak for whom.

A shared secret would let any plugin forge an administrator. Here `identity` alone signs people
(`user:…`), every plugin signs only itself (`plugin:<name>`), and the campus's keeper signs
`operator:…`. What a plugin may do comes from the ring, never from what it claims.
"""

import base64
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from azora.errors import NotAuthenticated

CLOCK_SKEW = 5.0
"""Seconds by which the clocks of signer and verifier may differ."""

MAX_LIFETIME = 3600.0
"""Seconds after which no actor is good, whoever signed it."""

_CACHE_SIZE = 4096


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts, verified. `expires` is in seconds since 1970; `*` permits everything.

    `credential` names what proved it: `session:<id>`, `token:<id>`, `acting:<session>/<administrator>`
    where an administrator acts as this person, or nothing. `roles` are the names of
    those that the person holds: for rules about who somebody is; what they may do is `permissions`.
    """

    id: str
    permissions: frozenset[str]
    expires: float
    name: str = ""
    locale: str | None = None
    credential: str = ""
    roles: frozenset[str] = frozenset()

    @property
    def by(self) -> str:
        """The id of the administrator who acts as this person; empty where nobody does."""
        kind, _, rest = self.credential.partition(":")
        return rest.partition("/")[2] if kind == "acting" else ""

    def may(self, permission: str) -> bool:
        return permission in self.permissions or "*" in self.permissions


@dataclass(frozen=True)
class TrustedKey:
    """A public key, whom it may sign (`user:` by prefix, `plugin:library` exactly), and what those may."""

    public: Ed25519PublicKey
    subject: str
    permissions: frozenset[str] | None

    def covers(self, actor_id: str) -> bool:
        return (
            actor_id.startswith(self.subject)
            if self.subject.endswith(":")
            else actor_id == self.subject
        )


class ActorKeyring:
    """Signs with the private keys that this process holds; verifies with everybody's public ones."""

    def __init__(
        self, campus: str, trusted: dict[str, TrustedKey], private: dict[str, Ed25519PrivateKey]
    ) -> None:
        self.campus = campus
        self._trusted = trusted
        self._private = private
        self._verified: dict[str, Actor] = {}
        self._own: dict[str, tuple[str, float]] = {}

    def sign(
        self,
        actor_id: str,
        permissions: frozenset[str] | set[str] | list[str] = frozenset(),
        seconds: float = 60.0,
        *,
        name: str = "",
        locale: str | None = None,
        credential: str = "",
        roles: Iterable[str] = (),
    ) -> str:
        """A signed actor for this campus that is good for `seconds`.

        Raises NotAuthenticated when this process holds no key that may speak for `actor_id`.
        """
        key_id = self._key_of(actor_id)
        claims = {
            "sub": actor_id,
            "aud": self.campus,
            "exp": round(time.time() + seconds, 3),
            "name": name,
        }
        if permissions:
            claims["per"] = sorted(permissions)
        if locale:
            claims["loc"] = locale
        if credential:
            claims["crd"] = credential
        if held := sorted(roles):
            claims["rol"] = held
        body = f"{key_id}.{_encode(json.dumps(claims, separators=(',', ':')).encode())}"
        return f"{body}.{_encode(self._private[key_id].sign(body.encode()))}"

    def own_token(self, actor_id: str) -> str:
        """A signed actor for something that acts on its own (`plugin:…`), renewed as it ages."""
        token, good_until = self._own.get(actor_id, ("", 0.0))
        if time.time() > good_until:
            token = self.sign(actor_id, seconds=120.0)
            self._own[actor_id] = (token, time.time() + 60.0)
        return token

    def secret(self, actor_id: str, purpose: str) -> bytes:
        """32 bytes for one purpose that only the processes of this actor know (HKDF, RFC 5869)."""
        seed = self._private[self._key_of(actor_id)].private_bytes_raw()
        return HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(seed)

    def verify(self, token: str) -> Actor:
        """The actor of a token. Raises NotAuthenticated: malformed, forged, expired, for another campus."""
        actor = self._verified.get(token)
        if actor is None:
            actor = self._check(token)
            if len(self._verified) >= _CACHE_SIZE:
                self._verified.clear()
            self._verified[token] = actor
        if actor.expires + CLOCK_SKEW < time.time():
            raise NotAuthenticated("the actor has expired", code="actor.expired")
        return actor

    def _key_of(self, actor_id: str) -> str:
        for key_id in self._private:
            if self._trusted[key_id].covers(actor_id):
                return key_id
        raise NotAuthenticated(f"this process may not speak for {actor_id}", code="actor.no_key")

    def _check(self, token: str) -> Actor:
        try:
            body, _, signature = token.rpartition(".")
            key_id, _, payload = body.partition(".")
            key = self._trusted[key_id]
            key.public.verify(_decode(signature), body.encode())
            claims = json.loads(_decode(payload))
            actor_id, audience, expires = claims["sub"], claims["aud"], float(claims["exp"])
        except (ValueError, KeyError, TypeError, InvalidSignature):
            raise NotAuthenticated(
                "the actor is not one that this campus signed", code="actor.forged"
            ) from None
        if audience != self.campus:
            raise NotAuthenticated("the actor is for another campus", code="actor.wrong_audience")
        if not key.covers(actor_id):
            raise NotAuthenticated(f"{key_id} may not speak for {actor_id}", code="actor.wrong_key")
        if expires > time.time() + MAX_LIFETIME + CLOCK_SKEW:
            raise NotAuthenticated("the actor would live too long", code="actor.too_long")
        granted = (
            key.permissions if key.permissions is not None else frozenset(claims.get("per", ()))
        )
        return Actor(
            actor_id,
            granted,
            expires,
            str(claims.get("name", "")),
            claims.get("loc"),
            str(claims.get("crd", "")),
            frozenset(claims.get("rol", ())),
        )


def prepare_keys(folder: Path, campus: str, plugin_permissions: dict[str, set[str]]) -> None:
    """Write a key for `identity`'s people, for the keeper and for each plugin, and the public ring.

    `plugin_permissions` is what each plugin may do elsewhere, from its needs. Existing keys are kept.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    ring: dict[str, object] = {}
    for key_id, subject, permissions in [
        ("people", "user:", None),
        ("keeper", "operator:", None),
        *(
            (f"plugin-{name}", f"plugin:{name}", sorted(may))
            for name, may in plugin_permissions.items()
        ),
    ]:
        public = _ensure_private(folder / f"{key_id}.key").public_key()
        ring[key_id] = {
            "public": _encode(public.public_bytes_raw()),
            "subject": subject,
            "permissions": permissions,
        }
    temporary = folder / f".ring.{time.monotonic_ns()}"
    temporary.write_text(json.dumps({"campus": campus, "keys": ring}, indent=1))
    temporary.replace(folder / "ring.json")


def keys_of(hosted: set[str]) -> set[str]:
    """The ids of the private keys that these plugins sign with."""
    return {f"plugin-{name}" for name in hosted} | ({"people"} if "identity" in hosted else set())


def load_keyring(folder: Path, hosted: set[str], *, keeper: bool = False) -> ActorKeyring:
    """The ring, with the private keys that a process needs which hosts these plugins."""
    ring = json.loads((folder / "ring.json").read_text())
    trusted = {
        key_id: TrustedKey(
            Ed25519PublicKey.from_public_bytes(_decode(entry["public"])),
            entry["subject"],
            None if entry["permissions"] is None else frozenset(entry["permissions"]),
        )
        for key_id, entry in ring["keys"].items()
    }
    wanted = keys_of(hosted) | ({"keeper"} if keeper else set())
    private = {
        key_id: _read_private(folder / f"{key_id}.key")
        for key_id in sorted(wanted)
        if key_id in trusted and (folder / f"{key_id}.key").exists()
    }
    return ActorKeyring(ring["campus"], trusted, private)


def _ensure_private(path: Path) -> Ed25519PrivateKey:
    if not path.exists():
        key = Ed25519PrivateKey.generate()
        temporary = path.with_suffix(f".{time.monotonic_ns()}")
        temporary.touch(mode=0o600)
        temporary.write_text(_encode(key.private_bytes_raw()))
        temporary.replace(path)
    return _read_private(path)


def _read_private(path: Path) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_decode(path.read_text().strip()))


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
