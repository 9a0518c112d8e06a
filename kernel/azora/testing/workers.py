"""A plugin's methods without a broker: real settings, database, events and errors; canned neighbours.

hello = worker_factory(Hello, events=[Greeted])
assert hello.greet(Greet(name="Thandi")).text == "Hello, Thandi."
assert hello.emitted == [Greeted(name="Thandi")]
"""

import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson

from azora.actor import Actor
from azora.campus import open_runtime, prepare_campus
from azora.context import Context, enter, leave
from azora.contract import Plugin
from azora.dispatch import to_json
from azora.errors import Unavailable
from azora.hooks import hookimpl
from azora.loader import load_registry
from azora.messages import Event, Message
from azora.processes.upgrade import upgrade
from azora.runtime import Runtime
from azora.settings import load_campus_settings
from azora.tables import Table

Answer = Message | Callable[[dict[str, Any]], Message] | Exception


class Neighbours:
    """Stands where the wire is, and answers for the plugins that are not here."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self._answers = answers

    def call(self, target: str, body: bytes, headers: dict[str, str], timeout: float) -> bytes:
        if target not in self._answers:
            raise Unavailable(f"the test gives no answer for {target}", code="not_offered")
        answer = self._answers[target]
        if isinstance(answer, Exception):
            raise answer
        return to_json(
            answer if isinstance(answer, Message) else answer(orjson.loads(body)["kwargs"])
        )


class Worker:
    """The operations and handlers of a plugin as plain methods; each call is a call of its own."""

    def __init__(self, runtime: Runtime, name: str, actor: Actor | None) -> None:
        self.hosted = runtime.hosted[name]
        self._runtime = runtime
        self._actor = actor

    @property
    def emitted(self) -> list[Event]:
        """The events that were told so far, oldest first."""
        rows = self.hosted.database.execute("SELECT type, data FROM azora_outbox ORDER BY seq")
        events = self.hosted.loaded.events
        return [events[kind].model_validate_json(bytes(data)) for kind, data in rows]

    def acting_as(self, actor_id: str, *permissions: str) -> "Worker":
        """The same worker, called by somebody else."""
        actor = Actor(actor_id, frozenset(permissions), time.time() + 3600)
        return Worker(self._runtime, self.hosted.name, actor)

    def __getattr__(self, method: str) -> Callable[[Message], Any]:
        if method not in self.hosted.container.methods:
            raise AttributeError(f"{self.hosted.name} has no operation or handler {method}")

        def call(argument: Message) -> Any:
            context = Context(self._runtime)
            context.actor = self._actor
            context.chain = (self.hosted.name,)
            token = enter(context)
            try:
                return self.hosted.container.run(method, argument)
            finally:
                leave(token)

        return call


def worker_factory(
    plugin: Any,
    *,
    actor: str | None = "user:tester",
    permissions: Iterable[str] = ("*",),
    answers: Mapping[str, Answer] | None = None,
    settings: Mapping[str, Any] | None = None,
    events: Iterable[type[Event]] = (),
    tables: Iterable[type[Table]] = (),
    directory: Path | None = None,
) -> Worker:
    """A worker of a plugin (its front-door module) or of a single Service class.

    `answers` maps `plugin.operation` of others to a reply, an error, or a function of the request;
    `settings` is the plugin's own section; `events` and `tables` belong to a single Service class.
    """
    name, module = _front_door(plugin, list(events), list(tables))
    registry = load_registry([(name, module)], installed=False)
    if name in registry.refused:
        raise AssertionError(f"{name} is refused: {registry.refused[name]}")
    folder = directory or Path(tempfile.mkdtemp(prefix="azora-worker-"))
    campus = load_campus_settings(plugins=[name], data_dir=folder, **{name: dict(settings or {})})
    prepare_campus(campus, registry)
    runtime = open_runtime(campus, registry)
    runtime.wire = Neighbours(answers or {})
    upgrade(runtime)
    if name in registry.refused:
        raise AssertionError(f"{name} is refused: {registry.refused[name]}")
    runtime.hosted[name].container.start()
    return Worker(runtime, name, _actor(actor, permissions))


def _front_door(
    plugin: Any, events: list[type[Event]], tables: list[type[Table]]
) -> tuple[str, Any]:
    """The name of a plugin and what describes it; a single Service class becomes the plugin `tested`."""
    if not isinstance(plugin, type):
        return plugin.describe().name, plugin
    value = Plugin(
        name="tested", summary="Under test", services=[plugin], events=events, tables=tables
    )
    return "tested", SimpleNamespace(__name__="tested", describe=hookimpl(lambda: value))


def _actor(actor_id: str | None, permissions: Iterable[str]) -> Actor | None:
    if actor_id is None:
        return None
    return Actor(actor_id, frozenset(permissions), time.time() + 3600)
