"""The NetworkPolicy: in come only pods of the same platform, and whatever namespace serves as its gateway."""

from azora_operator.rendering import PLATFORM_LABEL, Object, Rendering

GATEWAY_LABEL = "azora.dev/gateway"
"""A namespace with this label may reach the plugins' ports: the ingress controller's."""


def network_policy(given: Rendering) -> Object | None:
    if not given.platform.network.isolate:
        return None
    spec: Object = {
        "podSelector": {"matchLabels": given.selector},
        "policyTypes": ["Ingress"],
        "ingress": [],
    }
    if given.plugin.http is not None:
        same = {"podSelector": {"matchLabels": {PLATFORM_LABEL: given.plugin.platform}}}
        gateway = {"namespaceSelector": {"matchLabels": {GATEWAY_LABEL: "true"}}}
        port = {"port": "http", "protocol": "TCP"}
        spec["ingress"] = [{"from": [same, gateway], "ports": [port]}]
    return given.child("networking.k8s.io/v1", "NetworkPolicy", spec)
