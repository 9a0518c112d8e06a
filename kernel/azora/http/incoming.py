"""Requests as they arrive: httptools parses, the assembler puts them together and keeps the limits."""

import re
import time
from collections import deque
from collections.abc import Iterator
from typing import Protocol

import httptools

from azora.http.exchange import HttpProblem
from azora.http.settings import HttpSettings

MAX_HEADERS = 100
MAX_PIPELINED = 64
MAX_FRAMING = 65_536
"""Bytes round a body beyond sixteen for each of its own: sizes of chunks and what is said of them."""

_SINGLE = frozenset(
    {
        "host",
        "content-length",
        "content-type",
        "authorization",
        "origin",
        "idempotency-key",
        "range",
    }
)
_HOST = re.compile(r"[\w.:\[\]-]+", re.ASCII)
_ABSOLUTE = re.compile(rb"https?://[\w.:\[\]-]+(?=[/?]|\Z)/?(.*)", re.IGNORECASE)


class ClientGone(BaseException):
    """The client is gone, or the server stops: the request must end, whatever would catch an error."""


class Source(Protocol):
    """Where the rest of a body comes from."""

    def send_continue(self) -> None: ...

    def receive_body(self, incoming: "Incoming") -> None:
        """Take in the next piece. Raises HttpProblem 400 or 408, ClientGone."""


class Incoming:
    """A request while it arrives; also its body."""

    __slots__ = (
        "began",
        "complete",
        "expects",
        "framed",
        "headed",
        "headers",
        "keep_alive",
        "length",
        "method",
        "pieces",
        "received",
        "refused",
        "size",
        "source",
        "url",
        "version",
    )  # fmt: skip

    def __init__(self, source: "Source") -> None:
        self.source = source
        self.url = b""
        self.headers: dict[str, str] = {}
        self.size = 0
        self.pieces: deque[bytes] = deque()
        self.received = 0
        self.framed = 0
        self.method = ""
        self.version = "1.1"
        self.length: int | None = 0
        self.headed = False
        self.complete = False
        self.keep_alive = False
        self.refused: HttpProblem | None = None
        self.expects = False
        self.began = time.monotonic()

    def chunks(self) -> Iterator[bytes]:
        """The body as it arrives. Raises HttpProblem 400 or 408 where it does not arrive whole."""
        if self.expects and not self.complete:
            self.source.send_continue()
            self.expects = False
        self.began = time.monotonic()
        while True:
            while self.pieces:
                yield self.pieces.popleft()
            if self.complete:
                return
            self.source.receive_body(self)


class Assembler:
    """Fed with bytes, it lines up requests in `waiting`; a request is there once its headers are.

    The last one may ask for another protocol (`upgraded`), whose first bytes have come `early`.
    """

    def __init__(self, source: Source, limits: HttpSettings) -> None:
        self.waiting: deque[Incoming] = deque()
        self.upgraded = False
        self.early = b""
        self._source = source
        self._limits = limits
        self._parser = httptools.HttpRequestParser(self)
        self._arriving = Incoming(source)
        self._arriving.complete = True

    def feed(self, data: bytes) -> None:
        """Parse the next bytes. Raises httptools.HttpParserError where they are no HTTP, or too much."""
        arriving = self._arriving
        if arriving.headed and not arriving.complete:
            arriving.framed += len(data)
            if arriving.framed > MAX_FRAMING + 17 * arriving.received:
                raise httptools.HttpParserError("far more is said about the body than it holds")
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self.upgraded = True
            self.early = data[upgrade.args[0] :]
            if self.waiting:
                self.waiting[-1].keep_alive = False

    def break_off(self) -> None:
        """Nothing after a parser error can be told apart: refuse what was arriving, then close."""
        incoming = self._arriving
        if incoming.complete:
            incoming = Incoming(self._source)
        if incoming.refused is None:
            detail = "This is not a request as HTTP/1.1 says."
            incoming.refused = HttpProblem(400, "malformed_request", detail)
        if not incoming.headed:
            self.waiting.append(incoming)

    def on_message_begin(self) -> None:
        self._arriving = Incoming(self._source)

    def on_url(self, piece: bytes) -> None:
        incoming = self._arriving
        incoming.url += piece
        if len(incoming.url) > (most := self._limits.max_url):
            raise self._refuse(414, "url_too_long", f"The address is longer than {most} bytes.")

    def on_header(self, name: bytes, value: bytes) -> None:
        incoming = self._arriving
        incoming.size += len(name) + len(value)
        headers = incoming.headers
        if incoming.size > self._limits.max_header or len(headers) >= MAX_HEADERS:
            raise self._refuse(431, "headers_too_large", "The headers are too large.")
        if incoming.headed:
            return  # a trailer: no proxy has looked at it, so it adds nothing to the headers
        key = name.decode("latin-1").lower()
        text = value.decode("latin-1").strip()
        if key not in headers:
            headers[key] = text
        elif key in _SINGLE:
            raise self._refuse(400, "malformed_request", f"The header {key} is given twice.")
        else:
            headers[key] += ("; " if key == "cookie" else ", ") + text

    def on_headers_complete(self) -> None:
        incoming = self._arriving
        headers = incoming.headers
        incoming.method = self._parser.get_method().decode()
        incoming.version = self._parser.get_http_version()
        incoming.keep_alive = self._parser.should_keep_alive()
        incoming.headed = True
        length = headers.get("content-length")
        if length is not None:
            incoming.length = int(length)
        elif "transfer-encoding" in headers:
            incoming.length = None
        if incoming.version == "1.1":
            incoming.expects = headers.get("expect", "").lower() == "100-continue"
        incoming.refused = _objection(incoming)
        self.waiting.append(incoming)
        if len(self.waiting) > MAX_PIPELINED:
            raise self._refuse(
                400, "malformed_request", "Too many requests at once on one connection."
            )

    def on_body(self, piece: bytes) -> None:
        self._arriving.pieces.append(piece)
        self._arriving.received += len(piece)

    def on_message_complete(self) -> None:
        self._arriving.complete = True

    def _refuse(self, status: int, code: str, detail: str) -> HttpProblem:
        problem = HttpProblem(status, code, detail)
        self._arriving.refused = problem
        return problem


def _objection(incoming: Incoming) -> HttpProblem | None:
    """What is wrong with a head that the parser let pass."""
    headers, version = incoming.headers, incoming.version
    if version == "1.1":
        if not _HOST.fullmatch(headers.get("host", "")):
            return _malformed("The Host header is missing or wrong.")
    elif version != "1.0":
        return HttpProblem(505, "http_version", "This server speaks HTTP/1.1.")
    coding = headers.get("transfer-encoding")
    if coding is not None and (version == "1.0" or coding.lower() != "chunked"):
        return _malformed("Of all transfer codings this server takes chunked alone, in HTTP/1.1.")
    if not incoming.url.startswith(b"/"):
        return _reduced(incoming)
    return None


def _reduced(incoming: Incoming) -> HttpProblem | None:
    """Leave of `http://host/path` the path. `*` asks for the options of all; what else comes is refused."""
    whole = _ABSOLUTE.fullmatch(incoming.url)
    if whole:
        incoming.url = b"/" + whole[1]
    elif incoming.url != b"*" or incoming.method != "OPTIONS":
        return _malformed("The target is not one of this server's.")
    return None


def _malformed(detail: str) -> HttpProblem:
    return HttpProblem(400, "malformed_request", detail)
