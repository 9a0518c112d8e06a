"""A plugin of somebody else's in every kept campus: it rings once for each resource that comes."""

from azora import Event, Plugin, Reply, Request, Service, hookimpl, on_event, operation
from azora_bell.models import RungRow
from azora_bell.settings import BellSettings


class ResourceAdded(Event):
    id: str


class Rung(Reply):
    """For which resources it rang, as often as it did."""

    resources: list[str]


class Bell(Service):
    @on_event("library.resource_added", attempts=3)
    def ring(self, event: ResourceAdded) -> None:
        if self.settings.broken:
            raise RuntimeError("the bell has lost its clapper")
        with self.transaction():
            RungRow.create(resource=event.id)

    @operation("GET /rung", public=True)
    def list_rung(self, request: Request) -> Rung:
        """List what it rang for."""
        return Rung(resources=[row.resource for row in RungRow.select()])


@hookimpl
def describe() -> Plugin:
    facts = {"services": [Bell], "tables": [RungRow], "settings": BellSettings}
    return Plugin(name="bell", summary="Rings for new resources", **facts)
