"""Plain HTTP where HTTPS is served: people are sent on, programs are told."""

import re

from azora.errors import AzoraError
from azora.http.exchange import HttpProblem, HttpRequest, HttpResponse
from azora.http.problems import problem_response

_HOST = re.compile(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d+)?")


class ToHttps:
    """Answers every plain request; `port` is where HTTPS is, None for where the request came."""

    def __init__(self, port: int | None = None) -> None:
        self._port = port

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """307, for a browser to ask again in secret; 403 for the API, whose token was just in the open."""
        host = _HOST.fullmatch(request.headers.get("host", ""))
        if host is None or request.path.startswith("/api/"):
            return problem_response(_REFUSED, "", request.path)
        port = host[2] or "" if self._port is None else f":{self._port}".removesuffix(":443")
        query = f"?{request.query}" if request.query else ""
        place = f"https://{host[1]}{port}{request.path}{query}"
        headers = [("Location", place), ("Cache-Control", "no-store")]
        return HttpResponse(307, b"", headers)


_REFUSED: AzoraError = HttpProblem(
    403, "https_required", "This campus speaks HTTPS alone: ask again with https://."
)
