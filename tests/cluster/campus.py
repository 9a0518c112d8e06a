"""Objects of a small campus for the tests, and the servers of this machine as Services of a cluster."""

import base64
import re
from typing import Any

from tests.cluster.cluster import IMAGE, Cluster

Object = dict[str, Any]


def platform(name: str = "azora", **spec: Any) -> Object:
    given = {"broker": {"secret": "broker"}, **spec}
    return _azora("AzoraPlatform", name, given)


def plugin(name: str = "library", **spec: Any) -> Object:
    given = {
        "platform": "azora",
        "image": IMAGE,
        "command": ["azora", "run", name],
        "http": {"port": 8000},
        **spec,
    }
    return _azora("AzoraPlugin", name, given)


def secret(name: str, **data: str | bytes) -> Object:
    raw = {key: value.encode() if isinstance(value, str) else value for key, value in data.items()}
    encoded = {key: base64.b64encode(value).decode() for key, value in raw.items()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "data": encoded}


def outside(cluster: Cluster, name: str, port: int) -> list[Object]:
    """A Service `name` that leads to a server on this machine's loopback interface."""
    labels = {"kubernetes.io/service-name": name}
    return [
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": name},
            "spec": {"ports": [{"port": port}]},
        },
        {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {"name": f"{name}-outside", "labels": labels},
            "addressType": "IPv4",
            "ports": [{"name": "", "port": port, "protocol": "TCP"}],
            "endpoints": [{"addresses": [cluster.network.gateway]}],
        },
    ]


def within_cluster(url: str, host: str) -> str:
    """The URL of a server of this machine, as pods reach it by its Service's name."""
    return url.replace("127.0.0.1", host)


def port_of(url: str) -> int:
    found = re.search(r":(\d+)/", url)
    assert found
    return int(found[1])


def _azora(kind: str, name: str, spec: Object) -> Object:
    meta = {"name": name}
    return {"apiVersion": "azora.dev/v1alpha1", "kind": kind, "metadata": meta, "spec": spec}
