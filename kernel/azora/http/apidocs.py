"""The API told to people and programs: OpenAPI, a page to try it, and every error code.

The pages speak the reader's language; operations, fields and codes describe themselves in English.
"""

from typing import TYPE_CHECKING

import orjson
from werkzeug.http import parse_cookie

from azora.http.conditional import etag, matches
from azora.http.errorcodes import codes_document, codes_page, known_codes
from azora.http.exchange import Headers, HttpRequest, HttpResponse
from azora.http.openapi import describe_api
from azora.http.tryout import tryout_page
from azora.http.tryout_assets import SCRIPT, STYLE
from azora.shell.i18n import Catalogues, choose_language, reading
from azora.shell.visit import LANGUAGE_COOKIE

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from azora.http.gateway import Gateway
    from azora.registry import Registry
    from azora.settings import CampusSettings

    Describe = Callable[[Any], dict[str, Any]]

JSON, HTML = "application/json", "text/html; charset=utf-8"


def add_documentation(
    gateway: "Gateway",
    registry: "Registry",
    campus: "Callable[[], CampusSettings]",
    describe: "Describe" = describe_api,
) -> None:
    """Serve /api/openapi.json, /api/docs and /api/errors; each is made at its first request."""
    made: dict[str, bytes] = {}
    catalogues = Catalogues({})
    codes = known_codes(registry)

    def document() -> bytes:
        if "openapi" not in made:
            made["openapi"] = orjson.dumps(describe(gateway), option=orjson.OPT_NON_STR_KEYS)
        return made["openapi"]

    def openapi(request: HttpRequest) -> HttpResponse:
        return _cached(request, document(), JSON)

    def page(request: HttpRequest, name: str, draw: "Callable[[], str]") -> HttpResponse:
        reader = catalogues.reader(_language(request, campus()))
        kept = f"{name} {reader.tag}"
        if kept not in made:
            with reading(reader):
                made[kept] = draw().encode()
        return _cached(request, made[kept], HTML, gateway)

    def docs(request: HttpRequest) -> HttpResponse:
        return page(request, "docs", lambda: tryout_page(orjson.loads(document())))

    def errors(request: HttpRequest) -> HttpResponse:
        if "text/html" in request.headers.get("accept", ""):
            return page(request, "errors", lambda: codes_page(codes))
        return _cached(request, orjson.dumps(codes_document(codes)), JSON)

    def script(request: HttpRequest) -> HttpResponse:
        return _cached(request, SCRIPT.encode(), "text/javascript; charset=utf-8")

    def style(request: HttpRequest) -> HttpResponse:
        return _cached(request, STYLE.encode(), "text/css; charset=utf-8")

    gateway.router.add("GET", "/api/openapi.json", openapi)
    gateway.router.add("GET", "/api/docs", docs)
    gateway.router.add("GET", "/api/docs/try.js", script)
    gateway.router.add("GET", "/api/docs/try.css", style)
    gateway.router.add("GET", "/api/errors", errors)


def _language(request: HttpRequest, campus: "CampusSettings") -> str:
    """As for every page; who is signed in is not asked for."""
    cookies = parse_cookie(request.headers.get("cookie", ""))
    accepted = request.headers.get("accept-language", "")
    return choose_language(None, cookies.get(LANGUAGE_COOKIE), None, accepted, campus.language)


def _cached(
    request: HttpRequest, body: bytes, media_type: str, gateway: "Gateway | None" = None
) -> HttpResponse:
    """A document that is the same for all until the process is replaced; a page gets its policy."""
    tag = etag(body)
    headers: Headers = [("ETag", tag), ("Cache-Control", "public, no-cache")]
    kind = "page" if gateway else "api"
    if gateway:
        headers.append(("Vary", "Accept-Language, Cookie"))
        headers.append(("Content-Security-Policy", gateway.security.policy("none")))
    wanted = request.headers.get("if-none-match")
    if wanted is not None and matches(wanted, tag, weak=True):
        return HttpResponse(304, b"", headers, kind=kind)
    return HttpResponse(200, body, [*headers, ("Content-Type", media_type)], kind=kind)
