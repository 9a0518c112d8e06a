"""A kernel in this process that hosts identity alone, on either database."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from time import time as now
from types import SimpleNamespace
from typing import Any

import pytest

from azora.actor import Actor, load_keyring
from azora.campus import open_runtime, prepare_campus
from azora.context import Context
from azora.events.outbox import Outbox
from azora.ids import uuid7
from azora.loader import load_registry
from azora.processes.upgrade import upgrade
from azora.settings import load_campus_settings
from azora_identity import plugin
from azora_identity.models import TABLES

GOOD = "umfula ugeleza kancane"
CHEAP = {"AZORA_IDENTITY_PASSWORD_MEMORY_KIB": "64", "AZORA_IDENTITY_PASSWORD_TIME_COST": "1"}


class Identity:
    """The plugin as its callers see it: by session secret, API token, or as the terminal's operator."""

    def __init__(self, runtime: Any) -> None:
        self.runtime = runtime
        self.hosted = runtime.hosted["identity"]
        self._told: list[tuple[str, dict[str, Any]]] = []
        self.hosted.outbox = RecordingOutbox(self._told)
        self._keeper = load_keyring(runtime.settings.keys_folder, set(), keeper=True)

    def call(
        self, operation: str, by: str | None = None, address: str | None = None, **fields: Any
    ) -> Any:
        """The reply of an operation to whoever holds the credential `by`, at `address`."""
        context = Context(self.runtime)
        context.address, context.agent = address, "Firefox"
        context.token = self.authenticate(by) if by else None
        return self.runtime.call(f"identity.{operation}", fields, context=context)

    def operator(self, operation: str, **fields: Any) -> Any:
        """The reply to whoever sits at the campus's terminal."""
        context = Context(self.runtime)
        context.token = self._keeper.sign("operator:cli", {"*"})
        return self.runtime.call(f"identity.{operation}", fields, context=context)

    def authenticate(self, credential: str) -> str:
        """The signed actor behind a credential, asked anew."""
        context = Context(self.runtime)
        reply = self.runtime.call("identity.authenticate", {"token": credential}, context=context)
        return str(reply.token)

    def actor(self, credential: str) -> Actor:
        return self.runtime.actors.verify(self.authenticate(credential))

    def person(self, *permissions: str) -> SimpleNamespace:
        """A new person with exactly these permissions: id, email, password, and the secret of a session."""
        name = f"role-{uuid7()}"
        self.operator("save_role", name=name, permissions=list(permissions))
        email = f"{uuid7()}@campus.example"
        made = self.operator("create_account", email=email, name="Thandi", roles=[name])
        session = self.call("sign_in", email=email, password=made.one_time_password)
        changed = self.call(
            "change_password", session.session_token,
            current_password=made.one_time_password, new_password=GOOD,
        )  # fmt: skip
        return SimpleNamespace(
            id=made.account_id, email=email, password=GOOD, role=name, session=changed.session_token
        )

    def sign_in(self, person: SimpleNamespace, **given: Any) -> str:
        """The secret of one more session."""
        reply = self.call("sign_in", email=person.email, password=person.password, **given)
        return str(reply.session_token)

    def told(self, kind: str, account_id: str | None = None) -> list[dict[str, Any]]:
        """The events of one type that were told so far, about one account."""
        events = [data for name, data in self._told if name == f"identity.{kind}"]
        return [one for one in events if account_id in (None, one.get("account_id"))]


class RecordingOutbox(Outbox):
    """The outbox, which also remembers: the relay deletes what has been sent."""

    def __init__(self, told: list[tuple[str, dict[str, Any]]]) -> None:
        super().__init__()
        self._told = told

    def append(self, database: Any, envelope: Any) -> None:
        super().append(database, envelope)
        database.after_commit(lambda: self._told.append((envelope.type, json.loads(envelope.data))))


class Starter:
    """Starts identity on one database and folder, with settings of its own; again on the same data."""

    def __init__(self, folder: Path, url: str | None) -> None:
        self._folder = folder
        self._given: dict[str, Any] = {"database_url": url} if url else {}
        self._runtime: Any = None

    def __call__(self, **settings: str) -> Identity:
        self.stop()
        own = {f"AZORA_IDENTITY_{name.upper()}": value for name, value in settings.items()}
        with pytest.MonkeyPatch.context() as environment:
            for name, value in (CHEAP | own).items():
                environment.setenv(name, value)
            self._runtime = self._open()
        return Identity(self._runtime)

    def _open(self) -> Any:
        registry = load_registry([("identity", plugin)], installed=False)
        campus = load_campus_settings(
            data_dir=self._folder / "data", plugins=["identity"], **self._given
        )
        prepare_campus(campus, registry)
        runtime = open_runtime(campus, registry)
        upgrade(runtime)
        runtime.start()
        runtime.seed()
        return runtime

    def stop(self) -> None:
        if self._runtime is not None:
            self._runtime.stop(grace=2.0)
            self._runtime = None


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Callable[[], str | None]:
    """Makes a new database of each kind; None is a SQLite file."""
    if request.param == "sqlite":
        return lambda: None
    server = request.getfixturevalue("postgresql")
    return lambda: server.new_database()


@pytest.fixture
def start(tmp_path: Path, database_url: Callable[[], str | None]) -> Iterator[Starter]:
    """Start identity with settings of the test's own: `start(session_days="1")`."""
    starter = Starter(tmp_path, database_url())
    yield starter
    starter.stop()


@pytest.fixture(scope="session")
def shared(
    tmp_path_factory: pytest.TempPathFactory, database_url: Callable[[], str | None]
) -> Iterator[Identity]:
    starter = Starter(tmp_path_factory.mktemp("identity"), database_url())
    yield starter()
    starter.stop()


@pytest.fixture
def identity(shared: Identity) -> Identity:
    """A running identity that tests share: each brings its own people."""
    shared.hosted.database.bind(TABLES)
    return shared


class Clock:
    """Time as the plugin sees it: now, and as far ahead as a test goes."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def time(self) -> float:
        return now() + self.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Lets a test go hours ahead: `clock.ahead = 3600`."""
    clock = Clock()
    for module in ("service", "throttle", "own_account", "people", "directory"):
        monkeypatch.setattr(f"azora_identity.{module}.time", clock)
    return clock
