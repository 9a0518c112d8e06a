"""Where sessions live: memory, this plugin's database, or Redis, behind one interface."""

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Protocol

from azora import PluginError, Unavailable
from azora_identity.domain import Session, SessionLimits
from azora_identity.models import SessionRow

if TYPE_CHECKING:
    import redis

    from azora.data.database import PluginDatabase
    from azora.hosted import HostedPlugin


class SessionStore(Protocol):
    """Keeps sessions by the digest of their secret. No method is called in an open transaction."""

    def add(self, session: Session) -> None: ...

    def get(self, digest: str) -> Session | None: ...

    def touch(self, session: Session, now: float) -> None:
        """Note that the session was used; one that is gone stays gone."""

    def of_account(self, account_id: str) -> list[Session]:
        """The sessions of an account, newest first; ended ones may be among them."""

    def remove(self, sessions: Iterable[Session]) -> None: ...

    def remove_ended(self, now: float) -> int:
        """Delete what has ended; how many that were."""


class MemoryStore:
    """For one process: a restart signs everybody out."""

    def __init__(self, limits: SessionLimits) -> None:
        self._limits = limits
        self._sessions: dict[str, Session] = {}

    def add(self, session: Session) -> None:
        self._sessions[session.digest] = session

    def get(self, digest: str) -> Session | None:
        return self._sessions.get(digest)

    def touch(self, session: Session, now: float) -> None:
        if session.digest in self._sessions:
            self._sessions[session.digest] = replace(session, last_used=now)

    def of_account(self, account_id: str) -> list[Session]:
        mine = [session for session in self._sessions.values() if session.account_id == account_id]
        return sorted(mine, key=lambda session: session.id, reverse=True)

    def remove(self, sessions: Iterable[Session]) -> None:
        for session in sessions:
            self._sessions.pop(session.digest, None)

    def remove_ended(self, now: float) -> int:
        ended = [session for session in self._sessions.values() if self._limits.over(session, now)]
        self.remove(ended)
        return len(ended)


class DatabaseStore:
    """SQLite or PostgreSQL, in the plugin's own database."""

    def __init__(self, database: "PluginDatabase", limits: SessionLimits) -> None:
        self._database = database
        self._limits = limits

    def add(self, session: Session) -> None:
        values = asdict(session) | {"methods": " ".join(session.methods)}
        values["account"] = values.pop("account_id")
        with self._database.transaction():
            SessionRow.insert(**values).execute()

    def get(self, digest: str) -> Session | None:
        row = SessionRow.get_or_none(SessionRow.digest == digest)
        return _from_row(row) if row else None

    def touch(self, session: Session, now: float) -> None:
        with self._database.transaction():
            SessionRow.update(last_used=now).where(SessionRow.digest == session.digest).execute()

    def of_account(self, account_id: str) -> list[Session]:
        rows = (
            SessionRow.select()
            .where(SessionRow.account == account_id)
            .order_by(SessionRow.id.desc())
        )
        return [_from_row(row) for row in rows]

    def remove(self, sessions: Iterable[Session]) -> None:
        if digests := [session.digest for session in sessions]:
            with self._database.transaction():
                SessionRow.delete().where(SessionRow.digest.in_(digests)).execute()

    def remove_ended(self, now: float) -> int:
        ended = (SessionRow.last_used <= now - self._limits.idle) | (
            SessionRow.created <= now - self._limits.absolute
        )
        with self._database.transaction():
            return int(SessionRow.delete().where(ended).execute())


class RedisStore:
    """Redis, which forgets each session by itself when its absolute limit is reached.

    The client decodes what it reads to text.
    Raises Unavailable while Redis cannot be reached: nobody is signed in, and nobody is signed out.
    """

    def __init__(self, client: "redis.Redis", campus: str, limits: SessionLimits) -> None:
        self._redis = client
        self._prefix = f"azora:{campus}:identity"
        self._limits = limits

    def add(self, session: Session) -> None:
        with _reaching_redis():
            self._write(session, only_if_present=False)
            self._redis.sadd(self._account_key(session.account_id), session.digest)
            self._redis.expire(
                self._account_key(session.account_id), int(self._limits.absolute) + 1
            )

    def get(self, digest: str) -> Session | None:
        with _reaching_redis():
            found = self._redis.get(self._key(digest))
        return _from_json(found) if found else None

    def touch(self, session: Session, now: float) -> None:
        with _reaching_redis():
            self._write(replace(session, last_used=now), only_if_present=True)

    def of_account(self, account_id: str) -> list[Session]:
        with _reaching_redis():
            digests = sorted(self._redis.smembers(self._account_key(account_id)))
            found = (
                self._redis.mget([self._key(str(digest)) for digest in digests]) if digests else []
            )
            if gone := [
                digest for digest, value in zip(digests, found, strict=True) if value is None
            ]:
                self._redis.srem(self._account_key(account_id), *gone)
        sessions = [_from_json(value) for value in found if value]
        return sorted(sessions, key=lambda session: session.id, reverse=True)

    def remove(self, sessions: Iterable[Session]) -> None:
        with _reaching_redis():
            for session in sessions:
                self._redis.delete(self._key(session.digest))
                self._redis.srem(self._account_key(session.account_id), session.digest)

    def remove_ended(self, now: float) -> int:
        with _reaching_redis():
            keys = list(self._redis.scan_iter(self._key("*"), count=1000))
            found = [_from_json(value) for value in map(self._redis.get, keys) if value]
        ended = [session for session in found if self._limits.over(session, now)]
        self.remove(ended)
        return len(ended)

    def _write(self, session: Session, *, only_if_present: bool) -> None:
        seconds = max(1, int(session.created + self._limits.absolute - time.time()) + 1)
        value = json.dumps(asdict(session))
        self._redis.set(self._key(session.digest), value, ex=seconds, xx=only_if_present)

    def _key(self, digest: str) -> str:
        return f"{self._prefix}:session:{digest}"

    def _account_key(self, account_id: str) -> str:
        return f"{self._prefix}:account:{account_id}"


@contextmanager
def _reaching_redis() -> Iterator[None]:
    from redis.exceptions import RedisError  # loaded only where sessions are in Redis

    try:
        yield
    except RedisError as error:
        raise Unavailable(
            f"Sessions cannot be reached in Redis ({error}). Try again in a moment."
        ) from error


def open_store(plugin: "HostedPlugin") -> SessionStore:
    """The store that the settings name. Raises PluginError where it is Redis and no address is set."""
    settings, campus = plugin.settings, plugin.runtime.settings
    if settings.session_store == "memory":
        return MemoryStore(settings.session_limits)
    if settings.session_store == "database":
        return DatabaseStore(plugin.database, settings.session_limits)
    if not campus.redis_url:
        raise PluginError("sessions are to be kept in Redis: set AZORA_REDIS_URL")
    import redis

    client = redis.Redis.from_url(
        campus.redis_url, decode_responses=True, socket_timeout=5, socket_connect_timeout=5
    )
    return RedisStore(client, campus.campus_id, settings.session_limits)


def _from_row(row: SessionRow) -> Session:
    return Session(
        id=row.id, digest=row.digest, account_id=row.account_id, methods=tuple(row.methods.split()),
        created=row.created, last_used=row.last_used, address=row.address, agent=row.agent,
    )  # fmt: skip


def _from_json(value: bytes | str) -> Session:
    fields: dict[str, Any] = json.loads(value)
    return Session(**fields | {"methods": tuple(fields["methods"])})
