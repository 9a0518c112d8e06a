"""The NetworkPolicy: in come only pods of the same platform, and whatever namespace serves as its gateway;
out go only DNS and what is named, where anything is.
"""

from azora_operator.parts import Destination
from azora_operator.rendering import MANAGER, PLATFORM_LABEL, Object, Rendering

GATEWAY_LABEL = "azora.dev/gateway"
"""A namespace with this label may reach the plugins' ports: the ingress controller's."""


def network_policy(given: Rendering) -> Object | None:
    network = given.platform.network
    inwards = {"ingress": _ingress(given)} if network.isolate else {}
    outwards = {} if network.destinations is None else {"egress": _egress(given)}
    if not inwards and not outwards:
        return None
    spec: Object = {
        "podSelector": {"matchLabels": given.selector},
        "policyTypes": [name.capitalize() for name in (inwards | outwards)],
        **inwards,
        **outwards,
    }
    return given.child("networking.k8s.io/v1", "NetworkPolicy", spec)


def _ingress(given: Rendering) -> list[Object]:
    if given.plugin.http is None:
        return []
    same = {"podSelector": {"matchLabels": {PLATFORM_LABEL: given.plugin.platform}}}
    gateway = {"namespaceSelector": {"matchLabels": {GATEWAY_LABEL: "true"}}}
    return [
        {"from": [same, gateway, *_judges(given)], "ports": [{"port": "http", "protocol": "TCP"}]}
    ]


def _judges(given: Rendering) -> list[Object]:
    """The operator, which reads what canaries have counted."""
    if not given.plugin.rollout.stages:
        return []
    pods = {"matchLabels": {"app.kubernetes.io/name": MANAGER}}
    return [{"namespaceSelector": {}, "podSelector": pods}]


def _egress(given: Rendering) -> list[Object]:
    names = {"ports": [{"port": 53, "protocol": protocol} for protocol in ("UDP", "TCP")]}
    shared = given.platform.network.destinations or []
    return [names, *map(_to, [*shared, *given.plugin.network.destinations])]


def _to(destination: Destination) -> Object:
    ports = [{"port": port, "protocol": "TCP"} for port in destination.ports]
    peers: list[Object] = []
    if destination.cidr:
        peers.append({"ipBlock": {"cidr": destination.cidr}})
    if destination.namespace:
        named = {"kubernetes.io/metadata.name": destination.namespace}
        peers.append({"namespaceSelector": {"matchLabels": named}})
    return {"ports": ports, **({"to": peers} if peers else {})}
