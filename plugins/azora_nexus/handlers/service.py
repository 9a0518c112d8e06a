"""Handlers of the whole campus: how they stand, and stopping them without a new start of anything."""

from azora import Service, operation
from azora.events import desk_contracts as desk
from azora.messages import Request
from azora_nexus.desks import Desks
from azora_nexus.handlers import contracts
from azora_nexus.handlers.contracts import MANAGE
from azora_nexus.journal.contracts import READ


class Handlers(Service):
    """Every plugin answers for its own."""

    @operation("GET /handlers", permission=READ)
    def list_handlers(self, request: contracts.ListHandlers) -> contracts.Handlers:
        """List the handlers of events, and how each stands."""
        found, missing = self._desks.ask_all(
            "list_handlers", Request(), desk.EventsStanding, request.plugin
        )
        return contracts.Handlers(
            items=[one for reply in found for one in reply.items],
            outboxes=[
                contracts.Outbox(plugin=reply.items[0].plugin, unsent=reply.unsent)
                for reply in found
                if reply.items and reply.unsent
            ],
            missing=missing,
        )

    @operation("POST /handlers/{plugin}/{handler}/stop", permission=MANAGE, idempotent=True)
    def stop_handler(self, request: contracts.StopOne) -> None:
        """Let a handler rest; what arrives for it waits."""
        self.audit(on=f"{request.plugin}.{request.handler}", after={"mode": request.mode})
        asked = desk.StopHandler(handler=request.handler, mode=request.mode)
        self._desks.tell(request.plugin, "stop", asked)

    @operation("POST /handlers/{plugin}/{handler}/resume", permission=MANAGE, idempotent=True)
    def resume_handler(self, request: contracts.HandlerRef) -> None:
        """Let a handler go on, first of all with what waits for it."""
        self.audit(on=f"{request.plugin}.{request.handler}", after={"mode": "runs"})
        asked = desk.ResumeHandler(handler=request.handler)
        self._desks.tell(request.plugin, "resume", asked)

    @property
    def _desks(self) -> Desks:
        return Desks(self.hosted)
