"""The gateway as a WSGI application: for tests, and for any other server."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from azora.http.exchange import REASONS, HttpRequest

if TYPE_CHECKING:
    from azora.http.gateway import Gateway

Environ = dict[str, Any]


class InputBody:
    """A body behind `wsgi.input`."""

    def __init__(self, environ: Environ) -> None:
        self._input = environ["wsgi.input"]
        length = environ.get("CONTENT_LENGTH") or ""
        chunked = "HTTP_TRANSFER_ENCODING" in environ
        self.length: int | None = int(length) if length.isdigit() else None if chunked else 0

    def chunks(self) -> Iterator[bytes]:
        left = self.length
        while left is None or left > 0:
            piece = self._input.read(65_536 if left is None else min(left, 65_536))
            if not piece:
                return
            left = None if left is None else left - len(piece)
            yield piece


def call_gateway(
    gateway: "Gateway", environ: Environ, start_response: Callable[..., Any]
) -> Iterable[bytes]:
    """Answer one WSGI call."""
    request = HttpRequest(
        environ["REQUEST_METHOD"],
        environ.get("RAW_PATH_INFO") or _quoted(environ.get("PATH_INFO", "/")),
        environ.get("QUERY_STRING", ""),
        _headers(environ),
        InputBody(environ),
        environ.get("REMOTE_ADDR", ""),
        environ.get("wsgi.url_scheme", "http"),
    )
    response = gateway.respond(request)
    headers = [tuple(line.split(": ", 1)) for line in response.preset.decode().splitlines()]
    headers += response.headers
    start_response(f"{response.status} {REASONS[response.status]}", headers)
    if request.method == "HEAD":
        response.close()
        return []
    return [response.body] if isinstance(response.body, bytes) else response.body


def _quoted(path: str) -> str:
    from urllib.parse import quote

    return quote(path.encode("latin-1"), safe="/:@!$&'()*+,;=~-._")


def _headers(environ: Environ) -> dict[str, str]:
    headers = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            headers[name.replace("_", "-").lower()] = environ[name]
    return headers
