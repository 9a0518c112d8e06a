"""Whether the process lives, whether it can answer, and what it measured."""

import ipaddress
from typing import TYPE_CHECKING

import orjson

from azora.dispatch import FAULTS
from azora.http.access import require
from azora.http.exchange import HttpRequest, HttpResponse
from azora.observe.metrics import Metrics
from azora.permissions import READ_METRICS

if TYPE_CHECKING:
    from azora.http.gateway import Gateway


def add_health(gateway: "Gateway") -> None:
    """Serve /healthz, /readyz and /metrics; a front asks each process for /metrics/<plugin>."""
    runtime = gateway.runtime

    def healthz(_request: HttpRequest) -> HttpResponse:
        return _json(200, {"status": "alive"})

    def readyz(_request: HttpRequest) -> HttpResponse:
        awaited = runtime.readiness()
        if awaited:
            return _json(503, {"status": "unready", "awaits": awaited})
        notices = runtime.condition.notices
        return _json(200, {"status": "ready"} | ({"notices": notices} if notices else {}))

    def canaryz(_request: HttpRequest) -> HttpResponse:
        return _json(200, counted(runtime.metrics))

    def metrics(request: HttpRequest) -> HttpResponse:
        if not _is_loopback(request.remote):
            require(READ_METRICS, request)
        kind = ("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        return HttpResponse(200, runtime.metrics.render(), [kind, ("Cache-Control", "no-store")])

    gateway.router.add("GET", "/healthz", healthz)
    gateway.router.add("GET", "/readyz", readyz)
    if runtime.settings.canary_share is not None:
        gateway.router.add("GET", "/canaryz", canaryz)
    if runtime.settings.metrics:
        for path in ("/metrics", *(f"/metrics/{name}" for name in runtime.hosted)):
            gateway.router.add("GET", path, metrics)


def counted(metrics: Metrics) -> dict[str, object]:
    """What a canary is judged by: sums that tell nothing of anybody."""
    return {"faults": metrics.total(FAULTS[0]), "durations": metrics.durations("operation")}


def _json(status: int, document: object) -> HttpResponse:
    headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
    return HttpResponse(status, orjson.dumps(document), headers)


def _is_loopback(remote: str) -> bool:
    """Whether the request comes from this machine; a Unix socket's peer has no address."""
    if not remote:
        return True
    try:
        return ipaddress.ip_address(remote.partition("%")[0]).is_loopback
    except ValueError:
        return False
