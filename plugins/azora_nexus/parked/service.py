"""Parked events: every plugin answers for its own."""

from collections import defaultdict
from typing import Any

import orjson

from azora import Invalid, NotFound, Service, operation
from azora.errors import FieldError
from azora.events import desk_contracts as desk
from azora_nexus.desks import Desks
from azora_nexus.journal.contracts import READ
from azora_nexus.parked import contracts
from azora_nexus.parked.contracts import REPAIR


class ParkedEvents(Service):
    """What handlers gave up on."""

    @operation("GET /parked", permission=READ)
    def list_parked(self, request: contracts.ListParkedEvents) -> contracts.ParkedPage:
        """List events that handlers gave up on."""
        asked = desk.ListParked(handler=request.handler, limit=request.limit)
        found, missing = self._desks.ask_all(
            "list_parked", asked, desk.ParkedEvents, request.plugin
        )
        items = [one for reply in found for one in reply.items]
        return contracts.ParkedPage(items=items, missing=missing)

    @operation("GET /parked/{plugin}/{handler}/{id}", permission=READ)
    def read_parked(self, request: contracts.ParkedRef) -> desk.Parked:
        """Read one parked event: what it tells, the error, the stack."""
        asked = desk.ListParked(handler=request.handler, id=request.id)
        found = self._desks.ask(request.plugin, "list_parked", asked, desk.ParkedEvents).items
        if not found:
            raise NotFound("This event is not parked any more.", code="nexus.not_parked")
        return found[0]

    @operation("POST /parked/redriving", permission=REPAIR)
    def redrive(self, request: contracts.RedriveChosen) -> contracts.Count:
        """Give events to their handlers again, one or some."""
        chosen: dict[tuple[str, str], list[str]] = defaultdict(list)
        for words in request.chosen:
            plugin, handler, event = _parted(words)
            chosen[plugin, handler].append(event)
        self.audit(on=", ".join(request.chosen[:5]))
        return contracts.Count(
            count=sum(
                self._redrive(plugin, desk.RedriveParked(ids=ids, handler=handler))
                for (plugin, handler), ids in chosen.items()
            )
        )

    @operation("POST /parked/redriving-all", permission=REPAIR)
    def redrive_all(self, request: contracts.RedriveAll) -> contracts.Count:
        """Give every parked event of a plugin, or of one handler, to its handler again."""
        self.audit(on=f"{request.plugin} {request.handler or 'all'}")
        asked = desk.RedriveParked(handler=request.handler)
        return contracts.Count(count=self._redrive(request.plugin, asked))

    @operation("POST /parked/{plugin}/{handler}/{id}/edit", permission=REPAIR)
    def edit(self, request: contracts.EditOne) -> contracts.Count:
        """Let an event tell something else, and give it to its handler again."""
        self.audit(on=f"{request.plugin}/{request.handler}/{request.id}")
        asked = desk.EditParked(id=request.id, handler=request.handler, data=_object(request.data))
        return contracts.Count(
            count=self._desks.ask(request.plugin, "edit", asked, desk.Released).count
        )

    @operation("POST /parked/{plugin}/{handler}/{id}/discard", permission=REPAIR)
    def discard(self, request: contracts.DiscardOne) -> contracts.Count:
        """Give an event up, for a reason that is kept."""
        self.audit(
            on=f"{request.plugin}/{request.handler}/{request.id}", after={"reason": request.reason}
        )
        asked = desk.DiscardParked(ids=[request.id], handler=request.handler, reason=request.reason)
        return contracts.Count(
            count=self._desks.ask(request.plugin, "discard", asked, desk.Released).count
        )

    def _redrive(self, plugin: str, asked: desk.RedriveParked) -> int:
        return self._desks.ask(plugin, "redrive", asked, desk.Released).count

    @property
    def _desks(self) -> Desks:
        return Desks(self.hosted)


def _parted(words: str) -> tuple[str, str, str]:
    plugin, _, rest = words.partition("/")
    handler, _, event = rest.partition("/")
    if not event:
        raise _wrong("chosen", "Write each as plugin/handler/event.")
    return plugin, handler, event


def _object(words: str) -> dict[str, Any]:
    try:
        value = orjson.loads(words)
    except orjson.JSONDecodeError as error:
        raise _wrong("data", f"This is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise _wrong("data", "An event tells a JSON object.")
    return value


def _wrong(field: str, words: str) -> Invalid:
    problem = FieldError(field=field, code="nexus.malformed", detail=words)
    return Invalid("Some fields are not right.", fields=[problem])
