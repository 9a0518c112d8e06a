"""The AsyncAPI 3 document of the campus, derived from what plugins declare, as OpenAPI is."""

from typing import Any

import orjson

import azora
from azora.registry import LoadedPlugin, Registry

Document = dict[str, Any]
_ATTRIBUTES = {
    "type": "object",
    "description": "The CloudEvents 1.0 attributes, as AMQP application properties.",
    "properties": {
        f"cloudEvents:{name}": {"type": "string", "description": words}
        for name, words in (
            ("specversion", "1.0"),
            ("id", "The event's id: whoever gets it twice knows it by this."),
            ("source", "The plugin that told it."),
            ("type", "The type of event."),
            ("time", "When it was told (RFC 3339)."),
            ("datacontenttype", "application/json"),
            ("dataversion", "The version of the schema."),
            ("partitionkey", "Events of one key keep their order."),
            ("traceparent", "The trace in which it was told (W3C)."),
            ("cause", "The id of the event that led to it."),
        )
    },
    "required": [f"cloudEvents:{name}" for name in ("specversion", "id", "source", "type", "time")],
}


def asyncapi_json(registry: Registry) -> str:
    """The document as a file holds it."""
    document = describe_events(registry, "Azora OS", azora.__version__)
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def describe_events(registry: Registry, title: str, version: str) -> Document:
    """One channel for each plugin that tells something; one operation for it, and for each handler."""
    schemas: Document = {"azora.attributes": _ATTRIBUTES}
    messages: Document = {}
    channels: Document = {}
    operations: Document = {}
    for name, loaded in sorted(registry.plugins.items()):
        if loaded.events:
            messages |= _messages(loaded, schemas)
            channels[f"{name}.events"] = _channel(loaded)
            operations[f"{name}.tell"] = _telling(loaded)
    for name, loaded in sorted(registry.plugins.items()):
        for handler, (_, _, facts) in loaded.handlers.items():
            if facts.event in messages:
                operations[f"{name}.{handler}"] = _handling(facts.event, loaded)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": title,
            "version": version,
            "description": "Every event of this campus: CloudEvents 1.0 in binary mode over AMQP 0-9-1. "
            "Personal fields are sealed: `{\"$sealed\": …}`.",
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"schemas": schemas, "messages": messages},
    }  # fmt: skip


def _messages(loaded: LoadedPlugin, schemas: Document) -> Document:
    """A message for each event; its schemas go beside the others', named `<plugin>.<Class>`."""
    found = {}
    for name, event in loaded.events.items():
        template = f"#/components/schemas/{loaded.name}.{{model}}"
        schema = event.model_json_schema(mode="serialization", ref_template=template)
        for part, inner in schema.pop("$defs", {}).items():
            schemas[f"{loaded.name}.{part}"] = inner
        schemas[f"{loaded.name}.{event.__name__}"] = schema
        found[name] = {
            "name": name,
            "title": event.__name__,
            "summary": " ".join((event.__doc__ or name).split()),
            "contentType": "application/json",
            "headers": {"$ref": "#/components/schemas/azora.attributes"},
            "payload": {"$ref": f"#/components/schemas/{loaded.name}.{event.__name__}"},
        }
    return found


def _channel(loaded: LoadedPlugin) -> Document:
    exchange = f"{loaded.name}.events"
    return {
        "address": exchange,
        "title": f"What {loaded.name} tells",
        "description": "The routing key is the event's name without its plugin.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in loaded.events},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {
                    "name": exchange,
                    "type": "topic",
                    "durable": True,
                    "autoDelete": False,
                },
            }
        },
    }


def _telling(loaded: LoadedPlugin) -> Document:
    channel = f"{loaded.name}.events"
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": loaded.plugin.summary,
        "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in loaded.events],
    }


def _handling(event: str, loaded: LoadedPlugin) -> Document:
    channel = f"{event.partition('.')[0]}.events"
    return {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": f"{loaded.name} takes {event}.",
        "messages": [{"$ref": f"#/channels/{channel}/messages/{event}"}],
    }
