"""Operations that the kernel adds to every plugin with event handlers: how its deliveries stand, and what
somebody may do about them. Whoever keeps the log of all events calls them; anybody with the permission may.
"""

from dataclasses import replace
from datetime import UTC, datetime

import orjson
from pydantic import ValidationError

from azora.contract import Handler, Plugin, handlers_of, operation
from azora.errors import Invalid, NotFound, invalid
from azora.events import desk_contracts as contracts
from azora.events.again import waiting
from azora.events.envelope import Envelope
from azora.events.parking import ParkedEvent
from azora.events.retelling import Stretch
from azora.events.schemas import known
from azora.events.sealing import key_id_of
from azora.events.standing import Standing, settled, standings, unsent
from azora.messages import Request
from azora.permissions import MANAGE_EVENTS
from azora.service import Service


class EventDesk(Service):
    """What one plugin's handlers are doing."""

    @operation("GET /events/handlers", permission=MANAGE_EVENTS, http=False)
    def events_list_handlers(self, request: Request) -> contracts.EventsStanding:
        """Say how each handler stands"""
        found = standings(self.hosted.database)
        modes = self.hosted.consumer.pauses.modes()
        queued = self.hosted.queued()
        count, oldest = unsent(self.hosted.database)
        return contracts.EventsStanding(
            items=[
                contracts.HandlerStanding(
                    plugin=self.hosted.name,
                    handler=handler.name,
                    event=handler.event,
                    ordered=handler.ordered,
                    attempts=handler.attempts,
                    mode=modes.get(handler.name, "runs"),
                    queued=queued.get(handler.name, 0),
                    **_facts(found.get(handler.name, Standing())),
                )
                for handler in self.hosted.handlers
            ],
            unsent=count,
            oldest_unsent=oldest and _moment(oldest),
        )

    @operation("GET /events/parked", permission=MANAGE_EVENTS, http=False)
    def events_list_parked(self, request: contracts.ListParked) -> contracts.ParkedEvents:
        """List events that a handler gave up on"""
        ids = [request.id] if request.id else None
        rows = self.hosted.consumer.parking.events(request.limit, ids, request.handler)
        return contracts.ParkedEvents(items=[_parked(self.hosted.name, row) for row in rows])

    @operation("POST /events/redriving", permission=MANAGE_EVENTS, http=False)
    def events_redrive(self, request: contracts.RedriveParked) -> contracts.Released:
        """Give parked events to their handlers again"""
        self.audit(on=_named(request))
        count = self.hosted.consumer.parking.redrive(request.ids, request.handler)
        self.hosted.consumer.ring()
        return contracts.Released(count=count)

    @operation("POST /events/editing", permission=MANAGE_EVENTS, http=False)
    def events_edit(self, request: contracts.EditParked) -> contracts.Released:
        """Let a parked event tell something else, and give it to its handler again"""
        handler = self._handler(request.handler)
        _check_fits(handler, request)
        self.audit(on=f"{request.handler} {request.id}")
        parking = self.hosted.consumer.parking
        with self.transaction():
            parking.edit(request.id, handler.name, orjson.dumps(request.data))
        count = parking.redrive([request.id], handler.name)
        self.hosted.consumer.ring()
        return contracts.Released(count=count)

    @operation("POST /events/discarding", permission=MANAGE_EVENTS, http=False)
    def events_discard(self, request: contracts.DiscardParked) -> contracts.Released:
        """Give parked events up, for a reason"""
        self.audit(on=_named(request), after={"reason": request.reason})
        parking = self.hosted.consumer.parking
        count = parking.discard(request.ids, request.reason, request.handler)
        self.hosted.consumer.ring()
        return contracts.Released(count=count)

    @operation("POST /events/stopping", permission=MANAGE_EVENTS, http=False, idempotent=True)
    def events_stop(self, request: contracts.StopHandler) -> None:
        """Let a handler rest; what arrives for it waits"""
        handler = self._handler(request.handler)
        self.audit(on=handler.name, after={"mode": request.mode})
        with self.transaction():
            self.hosted.consumer.pauses.stop(handler.name, request.mode)

    @operation("POST /events/resuming", permission=MANAGE_EVENTS, http=False, idempotent=True)
    def events_resume(self, request: contracts.ResumeHandler) -> None:
        """Let a handler go on, first of all with what waits for it"""
        handler = self._handler(request.handler)
        self.audit(on=handler.name, after={"mode": "runs"})
        with self.transaction():
            self.hosted.consumer.pauses.go_on(handler.name)
        self.hosted.consumer.ring()

    @operation(
        "POST /events/given",
        permission=MANAGE_EVENTS,
        http=False,
        idempotent=True,
        audited=False,
        max_body=200_000_000,
        timeout=120.0,
    )
    def events_give(self, request: contracts.GiveEvents) -> contracts.Waiting:
        """Take events of the log for one handler"""
        handler = self._handler(request.handler)
        envelopes = [_envelope(one) for one in request.events if one.type == handler.event]
        stretch = Stretch(request.replay, request.place, request.again)
        self.hosted.consumer.retelling.give(handler, envelopes, stretch)
        self.hosted.consumer.ring()
        return contracts.Waiting(count=waiting(self.hosted.database, handler.name))

    @operation("GET /events/deliveries", permission=MANAGE_EVENTS, http=False)
    def events_find(self, request: contracts.FindDeliveries) -> contracts.Deliveries:
        """Say what became of events here, as far as it is still known"""
        return contracts.Deliveries(
            items=[
                contracts.SettledDelivery(
                    plugin=self.hosted.name,
                    handler=one.handler,
                    event=one.event,
                    state=one.state,
                    attempts=one.attempts,
                    told=_moment(one.told),
                    changed=_moment(one.changed),
                    error=one.error,
                )
                for one in settled(self.hosted.database, request.ids)
            ]
        )

    def _handler(self, name: str) -> Handler:
        handler = self.hosted.consumer.handlers.get(name)
        if handler is None:
            raise NotFound(
                f"{self.hosted.name} has no handler {name}.", code="events.handler_not_found"
            )
        return handler


class EventTypes(Service):
    """What one plugin tells."""

    @operation("GET /events/types", permission=MANAGE_EVENTS, http=False)
    def events_list_types(self, request: Request) -> contracts.EventSchemas:
        """List every schema of every version of the plugin's events"""
        return contracts.EventSchemas(
            items=[
                contracts.EventSchema(
                    type=one.type,
                    version=one.version,
                    digest=one.digest,
                    since=_moment(one.since),
                    json_schema=one.schema,
                )
                for one in known(self.hosted.database)
            ]
        )


def with_desk(plugin: Plugin) -> Plugin:
    """The plugin with the kernel's operations about what it tells and is told."""
    listens = any(True for service in plugin.services for _ in handlers_of(service))
    added = [*([EventTypes] if plugin.events else []), *([EventDesk] if listens else [])]
    return replace(plugin, services=(*plugin.services, *added))


def _check_fits(handler: Handler, request: contracts.EditParked) -> None:
    """Refuse what the handler could not read, with the field named; what is sealed stays as it is.

    A personal field is never written here: in clear it would outlive the person's erasure.
    """
    personal = handler.payload.personal.keys() & request.data.keys()
    for name in personal:
        if request.data[name] is not None and not key_id_of(request.data[name]):
            raise Invalid(
                f"{name} is personal: leave it sealed as it is, or empty (null).",
                code="events.personal_in_clear",
            )
    readable = request.data | dict.fromkeys(personal)
    try:
        handler.payload.model_validate(readable)
    except ValidationError as error:
        raise invalid(error) from None


def _facts(standing: Standing) -> dict[str, object]:
    facts = vars(standing).copy()
    if standing.oldest is not None:
        facts["oldest"] = _moment(standing.oldest)
    return facts


def _parked(plugin: str, row: ParkedEvent) -> contracts.Parked:
    return contracts.Parked(
        plugin=plugin,
        handler=row.handler,
        id=row.id,
        type=row.type,
        version=row.version,
        key=row.key,
        told=_moment(row.told),
        parked=_moment(row.since),
        attempts=row.attempts,
        error=row.error,
        stack=row.stack,
        traceparent=row.traceparent,
        cause=row.cause,
        behind=row.behind,
        data=_told(row.data),
    )


def _told(data: bytes) -> object:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return data.decode("utf-8", "replace")


def _envelope(given: contracts.GivenEvent) -> Envelope:
    return Envelope(
        given.id,
        given.source,
        given.type,
        given.version,
        given.time,
        given.key,
        given.data.encode(),
        given.traceparent,
        given.cause,
    )


def _named(request: contracts.RedriveParked) -> str:
    """What an act was done to, for the audit trail."""
    which = "all" if request.ids is None else ", ".join(request.ids[:5])
    return " ".join(filter(None, [request.handler, which]))


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
