"""One process: the plugins that it hosts, and how it reaches the rest of the campus."""

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import eventlet

from azora.actor import ActorKeyring
from azora.calls import Caller, Wire
from azora.condition import Condition
from azora.context import Context, enter, leave
from azora.data.trail import forget as forget_addresses
from azora.dispatch import BoundOperation
from azora.errors import NotAuthenticated, PluginError, Unavailable
from azora.events.courier import Courier, LocalCourier
from azora.events.schemas import remember
from azora.hosted import HostedPlugin
from azora.jobs import JobRunner
from azora.messages import Message, Request
from azora.nodes import Node, this_node
from azora.observe.errorreport import report
from azora.observe.gauges import watch
from azora.observe.logs import get_logger
from azora.observe.metrics import Metrics
from azora.registry import Registry
from azora.settings import CampusSettings
from azora.settings.live import LiveSettings
from azora.switched_off import keepers

if TYPE_CHECKING:
    from azora.rpc.transport import AmqpTransport

CREDENTIAL_CACHE = 2.0
"""Seconds for which an answer of identity is believed: the bound on how long a revoked session lives."""


class Runtime:
    """Hosts plugins, in the embedded body all of them, in the distributed one those of a process."""

    def __init__(
        self,
        registry: Registry,
        settings: CampusSettings,
        actors: ActorKeyring,
        names: list[str] | None = None,
        transport: "AmqpTransport | None" = None,
    ) -> None:
        self.registry = registry
        self.settings = settings
        self.live = LiveSettings(self)
        self.actors = actors
        self.transport = transport
        self.wire: Wire | None = transport.wire if transport else None
        self.metrics = Metrics()
        self.courier: Courier = (
            transport.courier if transport else LocalCourier(self, keepers(registry, settings))
        )
        self.caller = Caller(self)
        self.report = report
        self.hosted: dict[str, HostedPlugin] = {}
        self.operations: dict[str, BoundOperation] = {}
        self._credentials: dict[str, tuple[str | None, float]] = {}
        self._guarded = bool(registry.hooks.hook.is_allowed.get_hookimpls())
        self._greenlets: list[Any] = []
        self._consumers: list[Any] = []
        self._started = False
        self.awaited: dict[str, str] = {}
        for name in list(registry.plugins) if names is None else names:
            self._host(name)
        versions = {name: hosted.loaded.version for name, hosted in self.hosted.items()}
        self._node = this_node(versions)
        watch(self)
        self.condition = Condition(self)
        self.jobs = JobRunner(self)

    def start(self, *, aside: bool = False) -> None:
        """Start the plugins, then what brings them work. A plugin that fails here is refused alone.

        `aside` this process does only what it is told: others take the calls, the events and the jobs.
        """
        canary = self.transport is not None and self.transport.is_canary
        self.live.refresh()
        for name, hosted in list(self.hosted.items()):
            try:
                remember(hosted)
                hosted.container.start()
                self.call_hook(hosted, "startup")
            except Exception as error:  # noqa: BLE001 – one plugin's trouble is not the campus's
                self.dismiss(name, error)
        for hosted in self.hosted.values():
            self._greenlets.append(eventlet.spawn(hosted.relay.run))
            if aside:
                continue
            if not canary:
                self._consumers.append(eventlet.spawn(hosted.consumer.run))
            if self.transport:
                self.transport.serve(hosted)
                if hosted.plugin.keeps_log and not canary:
                    self._greenlets.append(eventlet.spawn(self.transport.pour, hosted))
        if self.transport:
            self.transport.start()
        if not aside and not canary:
            self._greenlets.append(eventlet.spawn(self.jobs.run))
        self._greenlets.append(eventlet.spawn(self.live.run))
        self._started = True
        self._greenlets.append(eventlet.spawn(self.condition.run))

    def seed(self, *, demo: bool = True) -> None:
        """Let every plugin write what a new campus needs. Raises Unavailable where another is awaited."""
        for name, hosted in list(self.hosted.items()):
            try:
                self.call_hook(hosted, "seed", demo=demo)
            except Unavailable:
                raise
            except Exception as error:  # noqa: BLE001 – one plugin's trouble is not the campus's
                self.dismiss(name, error)

    def stop(self, grace: float = 10.0) -> None:
        """Take nothing new, let what runs finish for at most `grace` seconds, then close everything."""
        self._started = False
        if self.transport:
            self.transport.stop_serving()
        works = [work for hosted in self.hosted.values() for work in hosted.works]
        for hosted in self.hosted.values():
            hosted.consumer.stop()
        for greenlet in [*self._greenlets, *works]:
            greenlet.kill()
        limit = time.monotonic() + grace
        while self._at_work() and time.monotonic() < limit:
            eventlet.sleep(0.01)
        for greenlet in self._consumers:
            greenlet.kill()
        for hosted in self.hosted.values():
            self.call_hook(hosted, "shutdown")
            hosted.container.stop()
            hosted.leave()
        if self.transport:
            self.transport.stop()

    def _at_work(self) -> bool:
        hosted = self.hosted.values()
        return self.jobs.at_work or any(one.in_flight or one.consumer.at_work for one in hosted)

    def call(
        self,
        target: str,
        request: Request | dict[str, Any],
        reply: type[Message] | None = None,
        timeout: float | None = None,
        context: Context | None = None,
        key: str | None = None,
    ) -> Any:
        """Call `plugin.operation`, here or over the wire; see `Caller.call`."""
        return self.caller.call(target, request, reply, timeout, context, key)

    def invoke(self, bound: BoundOperation, request: Request, context: Context) -> Any:
        """Run an operation of this process for an outside caller."""
        return bound.invoke(request, context)

    def resolve(self, credential: str) -> str | None:
        """The signed actor behind a session cookie or API token, or None. Believed for two seconds."""
        token, good_until = self._credentials.get(credential, (None, 0.0))
        if time.monotonic() < good_until:
            return token
        if len(self._credentials) > 4096:
            self._credentials.clear()
        try:
            answer = self.call(
                "identity.authenticate", {"token": credential}, context=Context(self)
            )
            token = answer.token if hasattr(answer, "token") else answer["token"]
        except NotAuthenticated:
            token = None
        self._credentials[credential] = (token, time.monotonic() + CREDENTIAL_CACHE)
        return token

    def forbidden(self, actor: Any, permission: str) -> bool:
        """Whether a plugin's guard forbids what the actor's grants allow."""
        if not self._guarded:
            return False
        return self.registry.hooks.hook.is_allowed(actor=actor, permission=permission) is False

    def waiting(self) -> dict[str, str]:
        """Plugins of this process that await a provider, and whom. They run; calls to it fail."""
        present = {name for node in self.nodes() for name in node.plugins} | self.hosted.keys()
        return {
            name: f"awaits {', '.join(map(self._awaited_words, missing))}"
            for name, hosted in self.hosted.items()
            if (
                missing := sorted(
                    need.plugin
                    for need in hosted.loaded.needs.values()
                    if not need.optional and need.plugin not in present
                )
            )
        }

    def _why_not(self, name: str) -> str:
        return self.registry.refused.get(name) or f"it {self.registry.why_absent(name)}"

    def _awaited_words(self, name: str) -> str:
        """A provider that is awaited, and what to do where somebody has switched it off."""
        if name not in self.registry.disabled:
            return name
        return f"{name}, which {self.registry.why_absent(name)} (azora plugins enable {name})"

    def nodes(self) -> list[Node]:
        """The processes of the campus that were heard of in the last seconds."""
        if self.transport:
            return self.transport.presence.nodes()
        how = self.condition
        return [replace(self._node, seen=time.time(), troubles=how.troubles, notices=how.notices)]

    def readiness(self) -> dict[str, str]:
        """What keeps this process from answering, by name; empty when it is ready."""
        if not self._started:
            return self.awaited or {"campus": "is starting"}
        waiting = self.waiting()
        found = self.awaited | (waiting if len(waiting) == len(self.hosted) else {})
        if self.transport and self.transport.trouble:
            found["broker"] = self.transport.trouble
        for hosted in self.hosted.values():
            if trouble := self._trouble(hosted):
                found[hosted.name] = trouble
        return found

    def call_hook(self, hosted: HostedPlugin, name: str, **arguments: Any) -> Any:
        """What one plugin's own implementation of a hook returns, run as that plugin; else None."""
        if name == "erase_subject":
            forget_addresses(hosted.database, arguments["subject"])
        for implementation in getattr(self.registry.hooks.hook, name).get_hookimpls():
            if implementation.plugin is hosted.loaded.module:
                given = {"plugin": hosted, **arguments}
                token = enter(hosted.as_itself())
                try:
                    return implementation.function(
                        **{key: given[key] for key in implementation.argnames}
                    )
                finally:
                    leave(token)
        return None

    def _trouble(self, hosted: HostedPlugin) -> str | None:
        try:
            hosted.database.ping()
            return self.call_hook(hosted, "check_health")  # type: ignore[no-any-return]
        except Exception as error:  # noqa: BLE001 – whatever is wrong is the reason
            return f"{type(error).__name__}: {error}"

    def _host(self, name: str) -> None:
        loaded = self.registry.plugins.get(name)
        if loaded is None:
            raise PluginError(f"{name} cannot be run: {self._why_not(name)}")
        try:
            hosted = HostedPlugin(loaded, self)
        except Exception as error:  # noqa: BLE001 – a bad plugin is refused by name and the others start
            self.dismiss(name, error)
            return
        self.hosted[name] = hosted
        self.operations |= hosted.operations

    def dismiss(self, name: str, error: Exception) -> None:
        """Refuse one plugin that cannot run; the others stay."""
        get_logger("kernel").error("plugin_refused", refused=name, reason=str(error))
        self.registry.refuse(name, f"{type(error).__name__}: {error}")
        if hosted := self.hosted.pop(name, None):
            self.operations = {
                full: bound for full, bound in self.operations.items() if bound.hosted is not hosted
            }
