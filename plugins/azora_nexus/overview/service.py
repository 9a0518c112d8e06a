"""How events flow, and the chain of one."""

from azora import Request, Service, operation
from azora.events import desk_contracts as desk
from azora_nexus.desks import Desks
from azora_nexus.journal import reading
from azora_nexus.journal.contracts import READ, EventRef
from azora_nexus.journal.retention import Retention
from azora_nexus.overview import chain, contracts
from azora_nexus.overview.flow import flow
from azora_nexus.overview.picture import picture


class Overview(Service):
    """Looks at everything, and changes nothing."""

    @operation("GET /flow", permission=READ)
    def read_flow(self, request: Request) -> contracts.Flow:
        """Say how many events were told of late, by type and by minute."""
        return flow(self.hosted.database)

    @operation("GET /events/{id}/chain", permission=READ)
    def read_chain(self, request: EventRef) -> contracts.Chain:
        """Say what led to an event, what it led to, who handled it, and how long that took."""
        event = reading.find(self.hosted, request.id)
        shown = Retention(self.hosted).shown()
        events, cut = chain.descendants(chain.origin(event, shown), shown)
        asked = desk.FindDeliveries(ids=[one.id for one in events])
        found, missing = Desks(self.hosted).ask_all("find", asked, desk.Deliveries)
        deliveries = [one for reply in found for one in reply.items]
        links = chain.links(events, deliveries, request.id)
        return contracts.Chain(
            links=links, picture=picture(links, event.type), cut=cut, missing=missing
        )
