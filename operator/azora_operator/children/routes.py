"""The route to a plugin at the campus's one address: an HTTPRoute at a Gateway, or else an Ingress.

Each plugin has the paths of its own API, static files and pages; web has the rest, as in one process.
"""

from urllib.parse import urlsplit

from azora_operator.parts import Address, Gateway
from azora_operator.rendering import Object, Rendering


def route(given: Rendering) -> Object | None:
    address = given.platform.address
    if address is None or given.plugin.http is None:
        return None
    if address.gateway and "HTTPRoute" in given.served:
        return _http_route(given, address, address.gateway)
    return _ingress(given, address)


def _http_route(given: Rendering, address: Address, gateway: Gateway) -> Object:
    parent = {
        "name": gateway.name,
        "namespace": gateway.namespace,
        "sectionName": gateway.section,
    }
    matches = [{"path": {"type": "PathPrefix", "value": path}} for path in _paths(given)]
    spec = {
        "parentRefs": [{name: value for name, value in parent.items() if value}],
        "hostnames": [_host(address)],
        "rules": [{"matches": matches, "backendRefs": [{"name": given.name, "port": 80}]}],
    }
    api = "gateway.networking.k8s.io/v1"
    return given.child(api, "HTTPRoute", spec, annotations=address.annotations)


def _ingress(given: Rendering, address: Address) -> Object:
    backend = {"service": {"name": given.name, "port": {"name": "http"}}}
    paths = [{"path": p, "pathType": "Prefix", "backend": backend} for p in _paths(given)]
    host = _host(address)
    tls = {"tls": [{"hosts": [host], "secretName": address.tls}]} if address.tls else {}
    chosen = {"ingressClassName": address.ingress_class} if address.ingress_class else {}
    spec = {**chosen, **tls, "rules": [{"host": host, "http": {"paths": paths}}]}
    return given.child("networking.k8s.io/v1", "Ingress", spec, annotations=address.annotations)


def _paths(given: Rendering) -> list[str]:
    plugin = given.name.replace("-", "_")
    pages = given.plugin.http.paths if given.plugin.http else []
    return [f"/api/{plugin}", f"/static/{plugin}", *sorted(pages)]


def _host(address: Address) -> str:
    return str(urlsplit(address.url).hostname)
