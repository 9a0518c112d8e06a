"""Requests from other sites: CORS for the origins that the operator lists, and no forged requests.

An arbitrary origin is never reflected. A request that changes something and is not authenticated by
a bearer token must come from our own pages (Sec-Fetch-Site, else Origin) or from a listed origin.
"""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from azora.http.exchange import Headers, HttpProblem, HttpRequest, HttpResponse

if TYPE_CHECKING:
    from azora.http.settings import HttpSettings
    from azora.settings.campus import CampusSettings

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_EXPOSED = (
    "ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, X-Trace-Id, traceresponse, "
    "Content-Disposition, Content-Range, Idempotency-Replayed"
)
_ALLOWED_HEADERS = (
    "Authorization, Content-Type, If-Match, If-None-Match, If-Range, Range, Idempotency-Key, "
    "traceparent, X-CSRF-Token, Content-Disposition"
)


class Origins:
    """Which origins may do what; exact strings, `*` only for reading without credentials."""

    def __init__(self, campus: "CampusSettings", settings: "HttpSettings") -> None:
        self._listed = frozenset(origin.rstrip("/").lower() for origin in settings.cors_origins)
        self._own = (campus.public_url or "").lower()

    def headers(self, origin: str) -> Headers:
        """The CORS headers for a request from `origin`; none for one that is not listed."""
        if origin.lower() in self._listed:
            return [
                ("Access-Control-Allow-Origin", origin),
                ("Access-Control-Expose-Headers", _EXPOSED),
            ]
        if "*" in self._listed:
            return [
                ("Access-Control-Allow-Origin", "*"),
                ("Access-Control-Expose-Headers", _EXPOSED),
            ]
        return []

    def preflight(self, request: HttpRequest, allow: str) -> HttpResponse:
        """The answer to OPTIONS: `Allow`, and for a listed origin what its scripts may send."""
        headers: Headers = [("Allow", allow), ("Cache-Control", "no-store")]
        if self.headers(request.headers.get("origin", "")):
            headers += (
                ("Access-Control-Allow-Methods", allow),
                ("Access-Control-Allow-Headers", _ALLOWED_HEADERS),
                ("Access-Control-Max-Age", "600"),
            )
        return HttpResponse(204, b"", headers)

    def refuse_forged(self, request: HttpRequest) -> None:
        """Raise HttpProblem 403 for a change that another site makes a browser ask for."""
        if request.method not in SAFE:
            self.refuse_foreign(request)

    def refuse_foreign(self, request: HttpRequest) -> None:
        """Raise HttpProblem 403 for whatever another site makes a browser ask for."""
        if request.bearer:
            return
        origin = request.headers.get("origin")
        if origin and origin.lower() in self._listed and not request.session:
            return
        site = request.headers.get("sec-fetch-site")
        if site is not None:
            own = site in ("same-origin", "none")
        else:
            own = origin is None or self._is_own(origin, request)
        if not own:
            raise HttpProblem(
                403, "cross_site_request", "Another site may not make this request for you."
            )

    def _is_own(self, origin: str, request: HttpRequest) -> bool:
        if self._own:
            return origin.lower() == self._own
        return urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower()
