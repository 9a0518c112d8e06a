"""What the server hands to the gateway and gets back: small values that know nothing of sockets."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote_to_bytes

from azora.errors import AzoraError, FieldError

if TYPE_CHECKING:
    from azora.context import Context
    from azora.tls.stream import Stream

Headers = list[tuple[str, str]]

REASONS = {
    100: "Continue", 101: "Switching Protocols", 200: "OK", 201: "Created", 204: "No Content", 206: "Partial Content",
    302: "Found", 303: "See Other", 304: "Not Modified", 307: "Temporary Redirect",
    308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
    404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable", 408: "Request Timeout",
    409: "Conflict", 410: "Gone", 411: "Length Required", 412: "Precondition Failed",
    413: "Content Too Large", 414: "URI Too Long", 415: "Unsupported Media Type",
    416: "Range Not Satisfiable", 417: "Expectation Failed", 422: "Unprocessable Content",
    426: "Upgrade Required", 428: "Precondition Required", 429: "Too Many Requests", 431: "Request Header Fields Too Large",
    500: "Internal Server Error", 501: "Not Implemented", 503: "Service Unavailable",
    504: "Gateway Timeout", 505: "HTTP Version Not Supported",
}  # fmt: skip


class HttpProblem(AzoraError):
    """An error that only HTTP knows, with its status and the headers that belong to it."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        headers: Headers | None = None,
        fields: list[FieldError] | None = None,
    ) -> None:
        super().__init__(detail, code=code, fields=fields)
        self.status = status
        self.headers = headers or []


class Body(Protocol):
    """The body of a request, read as it arrives. `length` is None where the client did not say."""

    length: int | None

    def chunks(self) -> Iterator[bytes]: ...


class BufferedBody:
    """A body that is in memory already."""

    def __init__(self, content: bytes = b"") -> None:
        self.content = content
        self.length: int | None = len(content)

    def chunks(self) -> Iterator[bytes]:
        if self.content:
            yield self.content


EMPTY_BODY = BufferedBody()


class HttpRequest:
    """One request. `path` and `query` are as they were sent, still percent-encoded.

    `headers` has lower-case names; `remote` is the peer's address, "" over a Unix socket. What
    follows is filled in on the way: `params` by the router, `context` and `session` by the gateway;
    `told` are headers of the response, whatever comes of the request. `upgradable` says that the
    connection can be handed over to another protocol after it.
    """

    __slots__ = (
        "_cookies",
        "bearer",
        "body",
        "context",
        "headers",
        "method",
        "params",
        "path",
        "query",
        "remote",
        "scheme",
        "session",
        "told",
        "upgradable",
    )  # fmt: skip

    def __init__(
        self,
        method: str,
        path: str,
        query: str = "",
        headers: dict[str, str] | None = None,
        body: Body = EMPTY_BODY,
        remote: str = "",
        scheme: str = "http",
    ) -> None:
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers or {}
        self.body = body
        self.remote = remote
        self.scheme = scheme
        self.params: dict[str, str] = {}
        self.context: Context
        self.session = ""
        self.bearer = False
        self.upgradable = False
        self.told: Headers = []
        self._cookies: dict[str, str] | None = None

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies by name; of several with one name the first, which is the most specific."""
        if self._cookies is None:
            self._cookies = parse_cookies(self.headers.get("cookie", ""))
        return self._cookies

    @property
    def media_type(self) -> str:
        """The media type of the body without parameters, lower-case; "" where none is given."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def read(self, limit: int) -> bytes:
        """The whole body. Raises HttpProblem 413 as soon as it is known to pass `limit` bytes."""
        body = self.body
        if isinstance(body, BufferedBody) and len(body.content) <= limit:
            return body.content
        return b"".join(self.stream(limit))

    def stream(self, limit: int) -> Iterator[bytes]:
        """The body in pieces. Raises HttpProblem 413 as soon as it is known to pass `limit` bytes."""
        if self.body.length is not None and self.body.length > limit:
            raise too_large(limit)
        received = 0
        for chunk in self.body.chunks():
            received += len(chunk)
            if received > limit:
                raise too_large(limit)
            yield chunk


class HttpResponse:
    """One response. A body of bytes is sent at once; an iterable is streamed and closed at the end.

    `preset` is a block of header lines made beforehand; `secret` keeps the body uncompressed; `take`
    is handed the connection, and what has come on it already, once the headers are sent.
    """

    __slots__ = ("body", "headers", "kind", "outcome", "preset", "secret", "status", "take")

    def __init__(
        self,
        status: int,
        body: bytes | Iterable[bytes] = b"",
        headers: Headers | None = None,
        *,
        secret: bool = False,
        outcome: str = "ok",
        kind: str = "api",
    ) -> None:
        self.status = status
        self.body = body
        self.headers: Headers = headers if headers is not None else []
        self.preset = b""
        self.secret = secret
        self.outcome = outcome
        self.kind = kind
        self.take: Callable[[Stream, bytes], None] | None = None

    def header(self, name: str) -> str | None:
        """The first header of that name, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def close(self) -> None:
        """Give up a body that is not sent."""
        if closing := getattr(self.body, "close", None):
            closing()


def parse_cookies(header: str) -> dict[str, str]:
    """`a=1; b=2` as a dictionary; pieces without `=` are ignored."""
    cookies: dict[str, str] = {}
    for piece in header.split(";"):
        name, equals, value = piece.strip().partition("=")
        if equals:
            cookies.setdefault(name, value.strip('"'))
    return cookies


def decode_segment(text: str) -> str:
    """A percent-encoded piece of a path as text. Raises HttpProblem 400 where it is not UTF-8."""
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise HttpProblem(400, "malformed_url", "The address is not valid UTF-8.") from None


def too_large(limit: int) -> HttpProblem:
    return HttpProblem(413, "too_large", f"The body is larger than the {limit} bytes allowed here.")
