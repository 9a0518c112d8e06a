"""Static files of the shell and the plugins: a hashed address is kept for a year, any other is asked."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from azora.http.conditional import matches
from azora.http.exchange import Headers, HttpProblem, HttpRequest, HttpResponse, decode_segment

if TYPE_CHECKING:
    from azora.shell.assets import Assets

PREFIX = "/static/"
_FOREVER = "public, max-age=31536000, immutable"


class StaticFiles:
    """Serves /static/<plugin>/<path>; which files there are, and that no path leads out, is the shell's."""

    name = "/static"

    def __init__(self, assets: "Assets") -> None:
        self._assets = assets

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            raise HttpProblem(
                405, "method_not_allowed", "Files are read.", headers=[("Allow", "GET, HEAD")]
            )
        digest = parse_qs(request.query).get("v", [None])[0]
        asset = self._assets.find(decode_segment(request.path), digest)
        if asset is None:
            raise HttpProblem(404, "route_not_found", "There is no such file.")
        tag = f'"{asset.digest}"'
        headers: Headers = [
            ("ETag", tag),
            ("Cache-Control", _FOREVER if asset.immutable else "public, no-cache"),
        ]
        wanted = request.headers.get("if-none-match")
        if wanted is not None and matches(wanted, tag, weak=True):
            return HttpResponse(304, b"", headers)
        text = asset.media_type.startswith("text/")
        kind = f"{asset.media_type}; charset=utf-8" if text else asset.media_type
        return HttpResponse(200, asset.content, [*headers, ("Content-Type", kind)], kind="file")
