"""Types of events: their schemas of every version, who reads them, and the AsyncAPI document."""

from azora import NotFound, Request, Service, operation
from azora.errors import ServiceError
from azora.events.asyncapi import asyncapi_json
from azora.events.desk_contracts import EventSchema, EventSchemas
from azora.events.schemas import schema_of
from azora.messages import Document
from azora_nexus.journal.contracts import READ
from azora_nexus.journal.retention import Retention
from azora_nexus.schemas import contracts


class Schemas(Service):
    """What the installed plugins declare; earlier schemas each plugin remembers itself."""

    @operation("GET /types", permission=READ)
    def list_types(self, request: Request) -> contracts.EventTypes:
        """List the types of events, with who reads each and how long it is kept."""
        registry = self.hosted.runtime.registry
        names = sorted(name for loaded in registry.plugins.values() for name in loaded.events)
        return contracts.EventTypes(items=[self._type(name) for name in names])

    @operation("GET /types/{type}", permission=READ)
    def read_type(self, request: contracts.TypeRef) -> contracts.TypeWithSchemas:
        """Read one type of event with its schemas."""
        found = self._type(request.type)
        event = self.hosted.runtime.registry.plugins[found.plugin].events[request.type]
        return contracts.TypeWithSchemas(
            **found.model_dump(),
            json_schema=schema_of(event),
            schemas=[one for one in self._noted(found.plugin) if one.type == request.type],
        )

    @operation("GET /asyncapi", public=True)
    def read_asyncapi(self, request: Request) -> Document:
        """Read the AsyncAPI 3 document of every event of this campus."""
        return Document(
            text=asyncapi_json(self.hosted.runtime.registry),
            media_type="application/json",
            name="asyncapi.json",
        )

    def _type(self, name: str) -> contracts.EventType:
        registry = self.hosted.runtime.registry
        loaded = registry.plugins.get(name.partition(".")[0])
        event = loaded.events.get(name) if loaded else None
        if loaded is None or event is None:
            raise NotFound("No plugin tells this.", code="nexus.type_not_found")
        readers = [
            f"{reader.name}.{handler.name}" for reader, handler in registry.subscribers(name)
        ]
        return contracts.EventType(
            type=name,
            plugin=loaded.name,
            summary=" ".join((event.__doc__ or "").split()),
            version=event.version,
            key=event.key_field,
            personal=sorted(event.personal),
            keep_days=Retention(self.hosted).days(name),
            readers=readers,
        )

    def _noted(self, plugin: str) -> list[EventSchema]:
        """What a plugin remembers; nothing while it does not answer."""
        context = self.hosted.as_itself()
        target = f"{plugin}.events_list_types"
        try:
            found: EventSchemas = self.hosted.runtime.call(
                target, Request(), EventSchemas, context=context
            )
        except ServiceError:
            return []
        return found.items
