"""The `AzoraPlugin` manifest and the description of a plugin, both derived from what it declares."""

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from azora.actor import keys_of
from azora.contract import Handler, Operation
from azora.registry import LoadedPlugin, Registry

HTTP_PORT = 8000
_IMAGE = "ghcr.io/azora-os/azora"


def manifest_of(
    loaded: LoadedPlugin, *, platform: str = "azora", image: str = ""
) -> dict[str, Any]:
    """What the operator needs to run the plugin as a process of its own; `image` has a default."""
    plugin = loaded.plugin
    version = loaded.version
    return {
        "apiVersion": "azora.dev/v1alpha1",
        "kind": "AzoraPlugin",
        "metadata": {
            "name": plugin.name.replace("_", "-"),
            "annotations": {"azora.dev/summary": plugin.summary},
        },
        "spec": {
            "platform": platform,
            "image": image or f"{_IMAGE}:{version}",
            "version": version,
            "command": ["azora", "run", plugin.name],
            "requires": sorted(n.plugin for n in loaded.needs.values() if not n.optional),
            "migration": {"command": ["azora", "migrate", plugin.name]},
            "http": {"port": HTTP_PORT, "paths": beginnings([page.path for page in plugin.pages])},
            "jobs": [
                {"operation": job.full_name(plugin.name), "schedule": job.cron}
                for job in plugin.jobs
            ],
            "keys": sorted(keys_of({plugin.name})),
        },
    }


def beginnings(paths: Sequence[str]) -> list[str]:
    """The fewest beginnings that all these paths of pages have: /library/{id} begins with /library."""
    fixed = {"/".join(takewhile(lambda step: "{" not in step, path.split("/"))) for path in paths}
    fixed = {path or "/" for path in fixed if path or "/" in paths}
    return sorted(p for p in fixed if not any(_begins(p, o) for o in fixed - {p}))


def _begins(path: str, beginning: str) -> bool:
    return path.startswith(beginning.rstrip("/") + "/")


def description_of(loaded: LoadedPlugin, registry: Registry) -> dict[str, Any]:
    """What a plugin offers, publishes, listens to and needs, as JSON values."""
    return {
        "name": loaded.name,
        "summary": loaded.plugin.summary,
        "version": loaded.version,
        "package": loaded.package,
        "operations": [_operation(loaded.name, entry[2]) for entry in loaded.operations.values()],
        "events": sorted(loaded.events),
        "listens": [_handler(entry[2]) for entry in loaded.handlers.values()],
        "needs": {
            need.plugin: {
                "optional": need.optional,
                "offered": need.plugin in registry.plugins,
                "operations": sorted(need.operations),
            }
            for need in loaded.needs.values()
        },
        "calls": sorted(loaded.calls),
        "needed_by": sorted(o.name for o in registry.plugins.values() if loaded.name in o.needs),
        "permissions": {p.name: p.summary for p in loaded.plugin.permissions},
        "pages": [page.path for page in loaded.plugin.pages],
        "jobs": {job.operation: job.cron for job in loaded.plugin.jobs},
    }


def _operation(plugin: str, operation: Operation) -> dict[str, Any]:
    return {
        "name": f"{plugin}.{operation.name}",
        "summary": operation.summary.partition("\n")[0],
        "route": f"{operation.verb} /api/{plugin}{operation.path}" if operation.http else None,
        "permission": operation.permission,
        "idempotent": operation.idempotent,
    }


def _handler(handler: Handler) -> dict[str, Any]:
    return {"event": handler.event, "by": handler.name, "ordered": handler.ordered}
