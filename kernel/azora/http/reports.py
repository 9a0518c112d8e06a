"""Where browsers report violations of the content security policy: counted, and logged in short."""

import logging
from typing import TYPE_CHECKING, Any

import orjson

from azora.http.exchange import HttpProblem, HttpRequest, HttpResponse
from azora.http.security import REPORT_PATH

if TYPE_CHECKING:
    from azora.http.gateway import Gateway

logger = logging.getLogger("azora.http.csp")

MAX_REPORT = 16_384
TYPES = frozenset({"application/csp-report", "application/reports+json", "application/json"})
_TOLD = (
    "blockedURL",
    "blocked-uri",
    "documentURL",
    "document-uri",
    "effectiveDirective",
    "violated-directive",
)


def add_reports(gateway: "Gateway") -> None:
    """Serve the report endpoint that every page names."""

    def report(request: HttpRequest) -> HttpResponse:
        if request.media_type not in TYPES:
            raise HttpProblem(415, "unsupported_media_type", "Send application/csp-report.")
        for violation in _violations(request.read(MAX_REPORT)):
            told = {name: str(violation[name])[:200] for name in _TOLD if name in violation}
            logger.warning("content security policy violated: %s", told)
            gateway.runtime.metrics.observe("route", "csp_report", "violation", 0.0)
        return HttpResponse(204)

    gateway.router.add("POST", REPORT_PATH, report)


def _violations(body: bytes) -> list[dict[str, Any]]:
    """The reports in a body of either form, at most ten."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise HttpProblem(400, "malformed_json", "The report is not valid JSON.") from None
    reports = document if isinstance(document, list) else [document]
    bodies = [
        entry.get("body") or entry.get("csp-report") for entry in reports if isinstance(entry, dict)
    ]
    return [body for body in bodies[:10] if isinstance(body, dict)]
