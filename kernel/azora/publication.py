"""What the plugins publish, as JSON Schemas: the document that releases are compared by.

A change is additive, or the new shape stands beside the old one for two releases.
"""

from collections.abc import Iterator
from typing import Any

from azora.compat import compare
from azora.registry import Registry

Document = dict[str, Any]


def published(registry: Registry) -> Document:
    """Every operation's and event's schemas, by plugin and name."""
    return {
        name: {
            "operations": {
                operation.name: {
                    "route": f"{operation.verb} {operation.path}",
                    "request": operation.request.model_json_schema(),
                    "reply": operation.reply.model_json_schema(mode="serialization")
                    if operation.reply
                    else None,
                }
                for _, _, operation in loaded.operations.values()
            },
            "events": {
                event: {
                    "version": model.version,
                    "data": model.model_json_schema(mode="serialization"),
                }
                for event, model in loaded.events.items()
            },
        }
        for name, loaded in sorted(registry.plugins.items())
    }


def breaks(before: Document, after: Document) -> Iterator[str]:
    """Every way in which somebody who relies on `before` would be let down by `after`."""
    for plugin, was in before.items():
        now = after.get(plugin, {"operations": {}, "events": {}})
        for name, old in was["operations"].items():
            target, new = f"{plugin}.{name}", now["operations"].get(name)
            if new is None:
                yield f"{target} is gone"
                continue
            if new["route"] != old["route"]:
                yield f"{target} moved from {old['route']} to {new['route']}"
            yield from (
                f"{target} request {words}" for words in compare(old["request"], new["request"])
            )
            if old["reply"]:
                replied = compare(new["reply"] or {"type": "null"}, old["reply"])
                yield from (f"{target} reply {words}" for words in replied)
        for event, old in was["events"].items():
            if event not in now["events"]:
                yield f"{event} is gone"
            else:
                data = compare(now["events"][event]["data"], old["data"])
                yield from (f"{event} {words}" for words in data)
