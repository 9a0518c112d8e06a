"""One address for a campus of many processes: each request goes on to the process that owns its path.

Never turns HTTP into RPC: what a plugin answers over HTTP, its own gateway answers.
"""

import re
import secrets
from pathlib import Path
from typing import Any

import eventlet
import orjson
from eventlet import Timeout
from eventlet.greenpool import GreenPool

from azora.context import parse_traceparent
from azora.errors import Unavailable
from azora.http.apidocs import add_documentation
from azora.http.batch import add_batch
from azora.http.compression import compress
from azora.http.doors import Doors, add_root
from azora.http.exchange import Headers, HttpRequest, HttpResponse
from azora.http.problems import as_azora_error, problem_response
from azora.http.proxies import Proxies
from azora.http.router import Endpoint, Router
from azora.http.security import SecurityHeaders
from azora.http.settings import HttpSettings
from azora.observe.disk import disk_notices
from azora.processes.following import Following
from azora.processes.upstream import HOP_BY_HOP, PATIENCE, Upstream
from azora.registry import Registry
from azora.settings import CampusSettings, load_settings
from azora.shell.links import path_pattern

_CREDENTIALS = ("cookie", "authorization", "user-agent", "accept-language", "x-csrf-token")


_READY_SECONDS = 2.0
"""Within so many seconds a process says whether it is ready, or counts as one that is not."""


def socket_path(data_dir: Path, plugin: str) -> Path:
    """Where the gateway of a plugin's process listens."""
    return data_dir / "run" / f"{plugin}.sock"


class Front:
    """Routes by `/api/<plugin>/…`, `/static/<plugin>/…`, `/metrics/<plugin>` and the plugins' pages."""

    def __init__(self, settings: CampusSettings, registry: Registry, names: list[str]) -> None:
        self.upstreams = {
            name: Upstream(name, socket_path(settings.data_dir, name)) for name in names
        }
        self.router = Router()
        http = load_settings(HttpSettings, "http", settings)
        self.security = SecurityHeaders(settings, http)
        self.proxies = Proxies(settings, http)
        self._http = http
        self._rest = self.upstreams["web" if "web" in self.upstreams else names[0]]
        self._pages = _page_patterns(registry, self.upstreams)
        self._following = Following(settings, names)
        self._follower: Any = None
        self._doors: Doors | None = None
        self.router.add("GET", "/healthz", lambda _: _json(200, {"status": "alive"}))
        self.router.add("GET", "/readyz", self._readyz)
        add_root(self.router, settings)
        add_documentation(
            self,  # type: ignore[arg-type]
            registry,
            lambda: self._following.campus,
            Front.describe,  # type: ignore[arg-type]
        )
        add_batch(self)  # type: ignore[arg-type]

    def listen(self, address: str) -> Doors:
        """Serve at `host:port`; returns at once."""
        self._doors = Doors(self.respond, self._http, self._following.campus, address)
        self._follower = eventlet.spawn(self._following.run)
        return self._doors

    def stop(self, grace: float) -> None:
        if self._doors is not None:
            self._follower.kill()
            self._doors.stop(grace)

    def respond(self, request: HttpRequest) -> HttpResponse:
        """The response of the process that owns the path, or our own."""
        trace = parse_traceparent(request.headers.get("traceparent"))
        trace_id = trace[0] if trace else secrets.token_hex(16)
        self.proxies.unwrap(request)
        request.context = _Carried(trace_id, request.headers)  # type: ignore[assignment]
        try:
            endpoint = self._own_endpoint(request)
            if endpoint is None:
                return self.owner(request.path).forward(request, self._headers(request))
            response = endpoint(request)
            compress(response, request.headers.get("accept-encoding", ""))
        except Exception as error:  # noqa: BLE001 – every request gets exactly one answer
            response = problem_response(
                as_azora_error(error, request.path, trace_id), trace_id, request.path
            )
        response.preset = self.security.preset(response.kind, request.scheme)
        return response

    def owner(self, path: str) -> Upstream:
        """The process that answers for a path."""
        steps = path.split("/", 3)
        if steps[1] in ("api", "static", "metrics") and len(steps) > 2:
            return self.upstreams.get(steps[2], self._rest)
        return next((up for pattern, up in self._pages if pattern.fullmatch(path)), self._rest)

    def readiness(self) -> dict[str, Any]:
        """What keeps the campus from answering, by plugin; empty when it is ready."""
        found: dict[str, Any] = {}
        answers = GreenPool(len(self.upstreams)).imap(self._ready, self.upstreams.values())
        for name, awaited in zip(self.upstreams, answers, strict=True):
            if awaited:
                found[name] = awaited
        return found

    def describe(self) -> dict[str, Any]:
        """The OpenAPI documents of all processes as one. Raises Unavailable while one cannot answer."""
        documents = [self._fetch(up, "/api/openapi.json") for up in self.upstreams.values()]
        whole = documents[0]
        for other in documents[1:]:
            whole["paths"] |= other["paths"]
            whole["tags"] += [tag for tag in other["tags"] if tag not in whole["tags"]]
            for kind, components in other["components"].items():
                whole["components"].setdefault(kind, {}).update(components)
        whole["paths"] = dict(sorted(whole["paths"].items()))
        whole["tags"].sort(key=lambda tag: str(tag["name"]))
        return whole

    # -- what a batch needs of a gateway --------------------------------------

    def child_context(self, parent: Any) -> Any:
        return parent

    def perform(self, request: HttpRequest) -> HttpResponse:
        """One request of a batch, with the credentials of the whole."""
        carried: Any = request.context
        given = {name: carried.headers[name] for name in _CREDENTIALS if name in carried.headers}
        request.headers = given | request.headers
        try:
            response = self.owner(request.path).forward(request, self._headers(request))
        except Unavailable as error:
            return problem_response(error, carried.trace_id)
        if (
            not isinstance(response.body, bytes)
            and response.header("Content-Type") == "application/json"
        ):
            response.body = b"".join(response.body)
        return response

    def _own_endpoint(self, request: HttpRequest) -> Endpoint | None:
        found = self.router.find(request.path)
        if found is None:
            return None
        route, request.params = found
        return route.endpoint(request.method)

    def _headers(self, request: HttpRequest) -> Headers:
        """The request's headers for the next hop: without what is of this hop, with who asked."""
        given = request.headers
        named = {name.strip().lower() for name in given.get("connection", "").split(",")}
        headers = [(k, v) for k, v in given.items() if k not in HOP_BY_HOP and k not in named]
        headers = [(k, v) for k, v in headers if not k.startswith("x-forwarded-")]
        headers += [("X-Forwarded-For", request.remote), ("X-Forwarded-Proto", request.scheme)]
        if host := given.get("host"):
            headers.append(("X-Forwarded-Host", host))
        return headers

    def _readyz(self, _request: HttpRequest) -> HttpResponse:
        awaited = self.readiness()
        if awaited:
            return _json(503, {"status": "unready", "awaits": awaited})
        if notices := disk_notices(self._following.campus):
            return _json(200, {"status": "ready", "notices": notices})
        return _json(200, {"status": "ready"})

    def _ready(self, upstream: Upstream) -> Any:
        late = Unavailable(f"{upstream.name} does not answer.")
        try:
            with Timeout(_READY_SECONDS, late):
                return self._fetch(upstream, "/readyz", patience=0).get("awaits")
        except Unavailable as error:
            return error.detail

    def _fetch(self, upstream: Upstream, path: str, patience: float = PATIENCE) -> Any:
        request = HttpRequest("GET", path, headers={"host": "localhost"})
        response = upstream.forward(request, [("Host", "localhost")], patience)
        body = response.body if isinstance(response.body, bytes) else b"".join(response.body)
        return orjson.loads(body)


class _Carried:
    """What a batch hands on from the outer request to the inner ones."""

    def __init__(self, trace_id: str, headers: dict[str, str]) -> None:
        self.trace_id = trace_id
        self.headers = headers


def _page_patterns(
    registry: Registry, upstreams: dict[str, Upstream]
) -> list[tuple[re.Pattern[str], Upstream]]:
    """Every page's path with its process; plain words win over fields."""
    pages = [
        (page.path, up)
        for name, up in upstreams.items()
        for page in registry.plugins[name].plugin.pages
    ]
    return [(path_pattern(path), up) for path, up in sorted(pages, key=lambda e: e[0].count("{"))]


def _json(status: int, document: object) -> HttpResponse:
    headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
    return HttpResponse(status, orjson.dumps(document), headers)
