"""Hands pages to the shell: the one place where a Werkzeug request is made."""

import io
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from azora.errors import AzoraError
from azora.http.exchange import HttpProblem, HttpRequest, HttpResponse, decode_segment
from azora.http.security import new_nonce

if TYPE_CHECKING:
    from azora.http.gateway import Gateway
    from azora.http.router import Endpoint

NONCE = "azora.csp_nonce"
"""Where templates find the nonce of their inline parts in the WSGI environment."""


class Pages:
    """Everything that is neither API nor static file."""

    def __init__(self, gateway: "Gateway") -> None:
        from azora.shell.pages import PageRenderer

        self._gateway = gateway
        self._renderer = PageRenderer(gateway.runtime, gateway.limits)
        self.assets = self._renderer.assets

    def find(self, request: HttpRequest) -> "tuple[Endpoint, str] | None":
        """The endpoint of the page at this path and the name under which it is measured, or None."""
        match = self._renderer.handles(decode_segment(request.path))
        if match is None:
            return None

        def page(request: HttpRequest) -> HttpResponse:
            if request.method == "OPTIONS":
                return HttpResponse(204, b"", [("Allow", "GET, HEAD, OPTIONS, POST")])
            if request.method not in ("GET", "HEAD", "POST"):
                allow = [("Allow", "GET, HEAD, OPTIONS, POST")]
                detail = f"A page does not take {request.method}."
                raise HttpProblem(405, "method_not_allowed", detail, headers=allow)
            self._gateway.origins.refuse_forged(request)
            asked = self._werkzeug(request)
            return self._response(asked, self._renderer.respond(match, asked, request.context))

        return page, match.page.path

    def error(self, error: AzoraError, request: HttpRequest) -> HttpResponse | None:
        """The error as a page for a browser that asks for one, or None for a problem document."""
        if "text/html" not in request.headers.get("accept", ""):
            return None
        asked = self._werkzeug(request)
        response = self._response(asked, self._renderer.error(error, asked, request.context))
        response.headers += getattr(error, "headers", [])
        response.outcome = error.code
        return response

    def _response(self, asked: Request, drawn: Response) -> HttpResponse:
        """The shell's response with the policy of its nonce. Form tokens are salted and may be compressed;
        what must not be stored, as a secret that is shown once, must not be compressed either."""
        headers = [(name, value) for name, value in drawn.headers if name != "Content-Length"]
        if drawn.mimetype == "text/html":
            policy = self._gateway.security.policy(asked.environ[NONCE])
            headers.append(("Content-Security-Policy", policy))
        if "Cache-Control" not in drawn.headers:
            headers.append(("Cache-Control", "private, no-cache"))
        body = drawn.get_data()
        secret = "no-store" in drawn.headers.get("Cache-Control", "")
        return HttpResponse(drawn.status_code, body, headers, secret=secret, kind="page")

    def _werkzeug(self, request: HttpRequest) -> Request:
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": decode_segment(request.path).encode().decode("latin-1"),
            "QUERY_STRING": request.query,
            "SERVER_PROTOCOL": "HTTP/1.1",
            "SERVER_NAME": "campus",
            "SERVER_PORT": "443" if request.scheme == "https" else "80",
            "REMOTE_ADDR": request.remote,
            "wsgi.url_scheme": request.scheme,
            "wsgi.input": io.BufferedReader(_BodyReader(request)),
            "wsgi.input_terminated": True,
            NONCE: new_nonce(),
        }
        for name, value in request.headers.items():
            key = name.upper().replace("-", "_")
            environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
        return Request(environ)


class _BodyReader(io.RawIOBase):
    """The body of a request as a file, read as it arrives."""

    def __init__(self, request: HttpRequest) -> None:
        self._chunks = request.body.chunks()
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._rest = next(self._chunks, b"")
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count
