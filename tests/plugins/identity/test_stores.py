"""Where sessions live: the same tests for every store."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import redis as redis_client

from azora import Unavailable
from azora.data.database import open_database
from azora.data.migrations import migrate
from azora.ids import uuid7
from azora_identity import migrations
from azora_identity.domain import Session, SessionLimits, digest, new_secret
from azora_identity.models import TABLES, AccountRow
from azora_identity.stores import DatabaseStore, MemoryStore, RedisStore, SessionStore

LIMITS = SessionLimits(idle=600.0, absolute=3600.0)


@dataclass(frozen=True)
class Where:
    data_dir: Path
    url: str | None = None

    def database_url_of(self, plugin: str) -> str | None:
        return self.url


@pytest.fixture(params=["memory", "sqlite", "postgresql", "redis"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SessionStore]:
    if request.param == "memory":
        yield MemoryStore(LIMITS)
    elif request.param == "redis":
        client = redis_client.Redis.from_url(
            request.getfixturevalue("redis").url, decode_responses=True
        )
        yield RedisStore(client, uuid7(), LIMITS)
    else:
        sqlite = request.param == "sqlite"
        url = None if sqlite else request.getfixturevalue("postgresql").new_database()
        database = open_database("identity", Where(tmp_path, url))
        migrate(database, migrations)
        database.bind(TABLES)
        yield DatabaseStore(database, LIMITS)
        database.close()


@pytest.fixture
def account(store: SessionStore) -> Callable[[], str]:
    """A new account's id; the database insists that sessions have one."""

    def add() -> str:
        account_id = f"user:{uuid7()}"
        if isinstance(store, DatabaseStore):
            with store._database.transaction():
                AccountRow.create(
                    id=account_id, email=account_id, name="A", created=0, sessions_since=0
                )
        return account_id

    return add


def session(account_id: str, **given: Any) -> Session:
    now = time.time()
    facts = {"created": now, "last_used": now, "address": "196.21.5.77", "agent": "Firefox"}
    return Session(
        id=uuid7(),
        digest=digest(new_secret()),
        account_id=account_id,
        methods=("password",),
        **facts | given,
    )


def test_a_session_is_found_by_its_digest_as_it_was_added(
    store: SessionStore, account: Any
) -> None:
    added = session(account())
    store.add(added)
    assert store.get(added.digest) == added


def test_an_unknown_digest_finds_nothing(store: SessionStore) -> None:
    assert store.get(digest("unknown")) is None


def test_use_is_noted(store: SessionStore, account: Any) -> None:
    added = session(account())
    store.add(added)
    store.touch(added, added.last_used + 5.0)
    assert store.get(added.digest) == replace(added, last_used=added.last_used + 5.0)


def test_use_does_not_bring_a_removed_session_back(store: SessionStore, account: Any) -> None:
    added = session(account())
    store.add(added)
    store.remove([added])
    store.touch(added, added.last_used + 5.0)
    assert store.get(added.digest) is None
    assert store.of_account(added.account_id) == []


def test_an_accounts_sessions_are_listed_newest_first_and_nobody_elses(
    store: SessionStore, account: Any
) -> None:
    mine, other = account(), account()
    first, second = session(mine), session(mine)
    for one in (first, session(other), second):
        store.add(one)
    assert store.of_account(mine) == [second, first]


def test_only_the_removed_sessions_go(store: SessionStore, account: Any) -> None:
    mine = account()
    gone, kept = session(mine), session(mine)
    store.add(gone)
    store.add(kept)
    store.remove([gone])
    assert store.get(gone.digest) is None
    assert store.of_account(mine) == [kept]


def test_ended_sessions_are_removed_and_counted(store: SessionStore, account: Any) -> None:
    mine, now = account(), time.time()
    live = session(mine)
    idle = session(mine, created=now - 700, last_used=now - 601)
    old = session(mine, created=now - 3601, last_used=now)
    for one in (live, idle):
        store.add(one)
    if not isinstance(store, RedisStore):  # Redis refuses to keep what is over at its birth
        store.add(old)
    expected = 1 if isinstance(store, RedisStore) else 2
    assert store.remove_ended(now) == expected
    assert store.of_account(mine) == [live]


def test_a_redis_that_cannot_be_reached_is_unavailable() -> None:
    nowhere = redis_client.Redis(port=1, socket_connect_timeout=1)
    with pytest.raises(Unavailable):
        RedisStore(nowhere, "campus", LIMITS).get(digest("any"))
