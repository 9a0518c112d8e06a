"""The Services: in front of a plugin's pages and API, and of a new revision that is to be looked at."""

from dataclasses import replace

from azora_operator.children.canary import canary_name, has_switched, is_green
from azora_operator.rendering import Object, Rendering


def service(given: Rendering, canary: Object | None = None) -> Object | None:
    """In front of the pods, or of a canary that has taken their place."""
    return _service(given, given.name, switched=has_switched(given, canary))


def preview_service(given: Rendering, canary: Object | None) -> Object | None:
    """In front of the pods that are to take the place of the others, from their beginning on."""
    if canary is None or not is_green(given):
        return None
    return _service(given, f"{given.name}-preview", switched=True)


def _service(given: Rendering, name: str, *, switched: bool) -> Object | None:
    if given.plugin.http is None:
        return None
    pods = replace(given, instance=canary_name(given.name)) if switched else given
    port = {"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}
    return given.child("v1", "Service", {"selector": pods.serving, "ports": [port]}, name=name)
