"""The Service in front of a plugin's pages and API."""

from azora_operator.rendering import Object, Rendering


def service(given: Rendering) -> Object | None:
    if given.plugin.http is None:
        return None
    port = {"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}
    return given.child("v1", "Service", {"selector": given.serving, "ports": [port]})
