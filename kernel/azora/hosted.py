"""One plugin at run time: what its methods, its hooks and the kernel reach for."""

import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import eventlet
from peewee import DatabaseError
from pydantic import ValidationError

from azora.acts import record
from azora.background import run_for_ever
from azora.compose import PluginContainer, compose
from azora.context import Context, current_or_none, parse_traceparent
from azora.contract import Handler
from azora.data.database import PluginDatabase, open_database
from azora.data.leases import release_all
from azora.data.transaction import Transaction
from azora.dispatch import BoundOperation, handle, invalid, to_json
from azora.errors import Invalid, PluginError, ServiceError
from azora.events.claim import Claim
from azora.events.consumer import Consumer, Pace
from azora.events.envelope import LONGEST, Envelope
from azora.events.log import EventLog, TableLog
from azora.events.outbox import Outbox
from azora.events.relay import Relay
from azora.files import FileStore, open_files
from azora.ids import uuid7
from azora.messages import Event
from azora.observe.logs import get_logger
from azora.personal import Opener, sealed_json
from azora.registry import LoadedPlugin
from azora.settings import load_settings

if TYPE_CHECKING:
    from azora.outbound.fetch import Outbound
    from azora.runtime import Runtime


class HostedPlugin:
    """A plugin in this process, with its database, settings, files, log, events and operations."""

    def __init__(self, loaded: LoadedPlugin, runtime: "Runtime") -> None:
        self.loaded = loaded
        self.plugin = loaded.plugin
        self.name = loaded.name
        self.module = loaded.package
        self.runtime = runtime
        self.in_flight = 0
        self.works: list[Any] = []
        self.log = get_logger(self.name)
        self.settings: Any = load_settings(self.plugin.settings, self.name, runtime.settings)
        self.files: FileStore = open_files(self.name, runtime.settings)
        self.database: PluginDatabase = open_database(self.name, runtime.settings)
        self.database.bind(self.plugin.tables)
        self.operations = {
            f"{self.name}.{name}": BoundOperation(operation, self)
            for name, (_, _, operation) in loaded.operations.items()
        }
        self.handlers = [handler for _, _, handler in loaded.handlers.values()]
        self._event_types = {model: name for name, model in loaded.events.items()}
        self.container = PluginContainer(
            compose(loaded), {"hosted": self, "max_workers": runtime.settings.max_workers}
        )
        self.opener = Opener(self)
        self.outbox = Outbox()
        self.event_log = self._log() if self.plugin.keeps_log else None
        self.relay = Relay(self, runtime.courier)
        kept = runtime.settings.event_retention_days * 86_400.0
        self.consumer = Consumer(self, self.handlers, Pace(keep_done=kept))

    @cached_property
    def outbound(self) -> "Outbound":
        """What asks other machines for this plugin, as the section `outbound` of the settings says."""
        from azora.outbound.fetch import open_outbound

        return open_outbound(self.runtime.settings)

    def emit(self, event: Event) -> str:
        """Write the event into the outbox, in the open transaction or in one of its own; its id."""
        return self.emit_many([event])[0]

    def emit_many(self, events: Sequence[Event]) -> list[str]:
        """Write events into the outbox in their order, by one statement; their ids."""
        if not self.database.in_transaction:
            with self.transaction():
                return self.emit_many(events)
        envelopes = [self._envelope(event) for event in events]
        self.outbox.append(self.database, *envelopes)
        self.database.after_commit(self.relay.ring)
        return [envelope.id for envelope in envelopes]

    def secret(self, purpose: str) -> bytes:
        """32 bytes for one purpose: the same in every process of this plugin, and known to no other."""
        return self.runtime.actors.secret(f"plugin:{self.name}", purpose)

    def transaction(self) -> Transaction:
        """A write transaction; it also takes what makes the handler or the keyed call happen once."""
        context = current_or_none()
        claim = context.claim if context else None
        act = context.act if context else None
        last = (lambda _: act.enter(self)) if act else None
        if claim is None:
            return self.database.transaction(last=last)
        transaction: Transaction = claim.transaction(self.database, last)
        return transaction

    def background(self, work: Callable[[], object]) -> None:
        """Do `work` again and again beside the calls, as this plugin, until the process stops.

        To be called from the hook `startup`. Each round ends soon: one that has nothing to do waits a
        little in it. A round that fails is logged and done again after a pause.
        """
        self.works.append(eventlet.spawn(run_for_ever, self, work))

    def audit(
        self,
        act: str,
        on: str = "",
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> None:
        """Put an act on record: who, when, from where and under which trace is added.

        Inside an operation that goes on record anyway, this tells what it was done to, and what changed.
        `after` holds the fields that changed, `before` what they were; secrets are masked by name.
        """
        record(self, act, on, before, after)

    def handle(self, handler: Handler, claim: Claim) -> None:
        """Run a handler as this plugin, one event under its trace. Raises what it raises.

        A batch has a trace of its own, and what it tells names no cause.
        """
        context = Context(self.runtime)
        context.token = self.runtime.actors.own_token(f"plugin:{self.name}")
        context.claim = claim
        context.hidden = claim.hidden
        if len(claim.envelopes) == 1:
            context.cause = claim.envelopes[0].id
            if trace := parse_traceparent(claim.envelopes[0].traceparent):
                context.trace_id, context.span_id, context.sampled = trace
        handle(self, handler, context, claim.envelopes)

    def as_itself(self) -> Context:
        """A context in which the plugin acts on its own: hooks and jobs."""
        context = Context(self.runtime)
        context.token = self.runtime.actors.own_token(f"plugin:{self.name}")
        context.chain = (self.name,)
        return context

    def leave(self) -> None:
        """Let other replicas have what this one held at once, and close the database."""
        try:
            release_all(self.database)
        except (ServiceError, DatabaseError) as error:  # they run out by themselves
            self.log.warning("leases_kept", error=str(error))
        self.database.close()

    def queued(self) -> dict[str, int]:
        """How many events the broker holds for each handler; none without a broker."""
        transport = self.runtime.transport
        return transport.queued(self.name, self.handlers) if transport else {}

    def _log(self) -> EventLog:
        transport = self.runtime.transport
        return transport.log(self.name) if transport else TableLog(self.database)

    def _envelope(self, event: Event) -> Envelope:
        kind = type(event)
        name = self._event_types.get(kind)
        if name is None:
            raise PluginError(f"{self.name} emits {kind.__name__}, which is not among its events")
        context = current_or_none()
        key = str(getattr(event, kind.key_field)) if kind.key_field else None
        id_ = uuid7()
        data = _fitting(name, event)
        if kind.personal:
            data = sealed_json(self, event, name, id_)
        self._check_size(name, key, data)
        return Envelope(
            id=id_,
            source=self.name,
            type=name,
            version=kind.version,
            time=time.time(),
            key=key,
            data=data,
            traceparent=context.headers()["traceparent"] if context else None,
            cause=context.cause if context else None,
        )

    def _check_size(self, name: str, key: str | None, data: bytes) -> None:
        """Refuse now what could be neither sent nor stored, and would hold up all that follow it."""
        limit = self.runtime.settings.max_event
        if len(data) > limit:
            raise Invalid(
                f"{name} has {len(data)} bytes; an event holds at most {limit}",
                code="event_too_large",
            )
        if key is not None and (len(key) > LONGEST or "\0" in key):
            raise Invalid(f"the key of {name} is too long or holds NUL", code="event_key_invalid")


def _fitting(name: str, event: Event) -> bytes:
    """The event as JSON. Raises PluginError, naming the fields, where it is not as its type says.

    A copy with other values, or one that was constructed without a check, would reach readers as it is.
    """
    data = to_json(event)
    try:
        type(event).__pydantic_validator__.validate_json(data)
    except ValidationError as error:
        problems = [f"{field['field']}: {field['detail']}" for field in invalid(error).fields]
        raise PluginError(
            f"{name} does not fit its schema: {'; '.join(problems)}", code="event_invalid"
        ) from None
    return data
