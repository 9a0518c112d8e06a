"""The one gateway of a process: takes a request, finds its endpoint, and sees to what all share."""

import time
from typing import TYPE_CHECKING, cast

from azora.context import Context, parse_traceparent
from azora.errors import AzoraError
from azora.http import access
from azora.http.apidocs import add_documentation
from azora.http.batch import add_batch
from azora.http.buckets import open_buckets
from azora.http.compression import compress
from azora.http.doors import Doors, add_root
from azora.http.exchange import HttpProblem, HttpRequest, HttpResponse
from azora.http.health import add_health
from azora.http.operation import OperationEndpoint
from azora.http.origins import Origins
from azora.http.pages import Pages
from azora.http.problems import as_azora_error, problem_response
from azora.http.proxies import Proxies
from azora.http.ratelimit import RateLimit
from azora.http.reports import add_reports
from azora.http.router import Endpoint, Router
from azora.http.security import SecurityHeaders
from azora.http.settings import HttpSettings
from azora.http.static import StaticFiles
from azora.http.wsgi import call_gateway
from azora.observe.traces import finish_span, start_span
from azora.settings import load_section

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from azora.runtime import Runtime

UNCOUNTED = frozenset({"/healthz", "/readyz", "/canaryz", "/metrics"})
UNKNOWN = "unknown"
"""Under which requests are measured that find no endpoint: a name for each would never end."""


class Gateway:
    """Everything that a process serves over HTTP."""

    def __init__(self, runtime: "Runtime") -> None:
        self.runtime = runtime
        self.router = Router()
        campus = runtime.settings
        self.settings = cast(HttpSettings, load_section("http", campus))
        self.security = SecurityHeaders(campus, self.settings)
        self.origins = Origins(campus, self.settings)
        self.limits = RateLimit(self.settings, open_buckets(campus))
        self.proxies = Proxies(campus, self.settings)
        self.endpoints = [
            OperationEndpoint(bound, self)
            for bound in runtime.operations.values()
            if bound.operation.http
        ]
        for endpoint in self.endpoints:
            self.router.add(endpoint.operation.verb, api_path(endpoint), endpoint)
        self.router.add("OPTIONS", "*", lambda _asked: HttpResponse(204))
        add_health(self)
        add_root(self.router, campus)
        add_documentation(self, runtime.registry, lambda: runtime.settings)
        add_batch(self)
        add_reports(self)
        self.pages = Pages(self)
        self.static = StaticFiles(self.pages.assets)
        self._doors: Doors | None = None

    def listen(self, address: str) -> Doors:
        """Serve at `host:port` or `unix:/path`; returns at once. `Doors.address` has the real port."""
        self._doors = Doors(self.respond, self.settings, self.runtime.settings, address)
        return self._doors

    def stop(self, grace: float = 10.0) -> None:
        """Accept no more, let what runs finish for at most `grace` seconds, then close."""
        if self._doors is not None:
            self._doors.stop(grace)

    def wsgi(
        self, environ: "dict[str, Any]", start_response: "Callable[..., Any]"
    ) -> "Iterable[bytes]":
        """The gateway as a WSGI application, for any other server."""
        return call_gateway(self, environ, start_response)

    def respond(self, request: HttpRequest) -> HttpResponse:
        """The response to a request, whatever happens."""
        began = time.perf_counter()
        self.proxies.unwrap(request)
        context = self._context(request)
        span = start_span(context, request.method, "route")
        failure: Exception | None = None
        path, name = request.path, UNKNOWN
        try:
            access.identify(self.runtime, request, context)
            if path not in UNCOUNTED and not path.startswith("/static/"):
                request.told += self.limits.count(request)
            endpoint, name = self._endpoint(request)
            response = endpoint(request)
        except Exception as error:  # noqa: BLE001 – whatever fails becomes a problem document
            failure = error
            response = self._failure(as_azora_error(error, path, context.trace_id), request)
        response.headers += request.told
        self._finish(request, response)
        elapsed = time.perf_counter() - began
        self.runtime.metrics.observe("route", name, response.outcome, elapsed)
        finish_span(context, span, failure, name)
        return response

    def child_context(self, parent: Context) -> Context:
        """The context of a further call for the same client."""
        return Context(self.runtime, parent)

    def perform(self, request: HttpRequest) -> HttpResponse:
        """Run one request inside another, whose context it has: no counting, no common headers."""
        try:
            endpoint, _ = self._endpoint(request)
            response = endpoint(request)
        except Exception as error:  # noqa: BLE001 – whatever fails becomes a problem document
            shown = as_azora_error(error, request.path, request.context.trace_id)
            response = problem_response(shown, request.context.trace_id)
        response.headers += request.told
        return response

    def _endpoint(self, request: HttpRequest) -> tuple[Endpoint, str]:
        """The endpoint of a request and the name under which it is measured."""
        found = self.router.find(request.path)
        if found is None:
            return self._elsewhere(request)
        route, request.params = found
        if request.method == "OPTIONS":
            return lambda asked: self.origins.preflight(asked, route.allow), "preflight"
        endpoint = route.endpoint(request.method)
        self.origins.refuse_forged(request)
        return endpoint, getattr(endpoint, "name", route.template)

    def _elsewhere(self, request: HttpRequest) -> tuple[Endpoint, str]:
        """Static files and pages; what begins with /api ends here."""
        if request.path.startswith("/static/"):
            return self.static, "/static"
        if not request.path.startswith("/api/") and (page := self.pages.find(request)):
            return page
        request.params = {}
        raise HttpProblem(404, "route_not_found", "There is nothing at this address.")

    def _failure(self, error: AzoraError, request: HttpRequest) -> HttpResponse:
        at_api = request.path.startswith("/api/")
        if not at_api and (page := self.pages.error(error, request)) is not None:
            return page
        return problem_response(error, request.context.trace_id, request.path)

    def _context(self, request: HttpRequest) -> Context:
        context = request.context = Context(self.runtime)
        context.address = request.remote or None
        context.agent = request.headers.get("user-agent")
        purpose = request.headers.get("sec-purpose") or request.headers.get("purpose") or ""
        context.glance = request.method == "HEAD" or "prefetch" in purpose
        told = request.headers.get("traceparent")
        if told and (trace := parse_traceparent(told)):
            context.trace_id, context.span_id, context.sampled = trace
        return context

    def _finish(self, request: HttpRequest, response: HttpResponse) -> None:
        """The headers that every response has, and the content coding."""
        headers, context = response.headers, request.context
        accepted = request.headers.get("accept-encoding")
        if accepted:
            compress(response, accepted)
            headers = response.headers
        origin = request.headers.get("origin")
        if origin and request.path.startswith("/api/"):
            headers += self.origins.headers(origin)
        trace, span = context.trace_id, context.span_id or "0" * 15 + "1"
        headers += (
            ("Vary", "Accept, Accept-Encoding, Authorization, Cookie, Origin"),
            ("X-Trace-Id", trace),
            ("traceresponse", f"00-{trace}-{span}-{int(context.sampled):02x}"),
        )
        response.preset = self.security.preset(response.kind, request.scheme)


def api_path(endpoint: OperationEndpoint) -> str:
    """Where an operation lives: `/api/<plugin>/…`."""
    return f"/api/{endpoint.bound.hosted.name}{endpoint.operation.path}"
