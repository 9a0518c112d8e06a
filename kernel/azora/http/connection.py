"""HTTP/1.1 on one connection: httptools parses, the request runs in the connection's greenlet.

Knows framing, keep-alive, pipelining, limits and time-outs; nothing of what is served.
"""

import re
import socket
import time
from collections import deque
from collections.abc import Iterator
from email.utils import formatdate
from typing import TYPE_CHECKING

import eventlet
import httptools
import orjson
from eventlet.greenio import GreenSocket

from azora.http.exchange import EMPTY_BODY, REASONS, BufferedBody, HttpProblem, HttpRequest, HttpResponse

if TYPE_CHECKING:
    from azora.http.server import Server

RECEIVE = 65_536
MAX_HEADERS = 100
MAX_PIPELINED = 64
DRAIN = 65_536
LINGER = 1.0
TURN = 0.02
"""Seconds of streaming after which others have their turn."""
SLOWEST_BODY = 500.0
"""Bytes a second that a client must send of its body on the whole."""

_SINGLE = frozenset(
    {"host", "content-length", "content-type", "authorization", "origin", "idempotency-key", "range"}
)
_HOST = re.compile(r"[\w.:\[\]-]+", re.ASCII)
_STATUS = {code: f"HTTP/1.1 {code} {reason}\r\n".encode() for code, reason in REASONS.items()}


class ClientGone(BaseException):
    """The client is gone, or the server stops: the request must end, whatever would catch an error."""


class Incoming:
    """A request while it arrives; also its body."""

    __slots__ = ("url", "headers", "size", "pieces", "received", "method", "version", "length",
                 "headed", "complete", "keep_alive", "refused", "expects", "connection", "asked", "began")  # fmt: skip

    def __init__(self, connection: "Connection") -> None:
        self.connection = connection
        self.url = b""
        self.headers: dict[str, str] = {}
        self.size = 0
        self.pieces: deque[bytes] = deque()
        self.received = 0
        self.method = ""
        self.version = "1.1"
        self.length: int | None = 0
        self.headed = False
        self.complete = False
        self.keep_alive = False
        self.refused: HttpProblem | None = None
        self.expects = False
        self.asked = False
        self.began = time.monotonic()

    def chunks(self) -> Iterator[bytes]:
        """The body as it arrives. Raises HttpProblem 400 or 408 where it does not arrive whole."""
        if self.expects and not self.complete:
            self.connection.send_continue()
            self.expects = False
        self.asked = True
        self.began = time.monotonic()
        while True:
            while self.pieces:
                yield self.pieces.popleft()
            if self.complete:
                return
            self.connection.receive_body(self)


class Connection:
    """One client. Parser callbacks fill `Incoming`; `run` answers them in order."""

    def __init__(self, peer: GreenSocket, remote: str, server: "Server") -> None:
        self._peer = peer
        self._remote = remote
        self._server = server
        self._limits = server.limits
        self._parser = httptools.HttpRequestParser(self)
        self._arriving: Incoming | None = None
        self._waiting: deque[Incoming] = deque()
        self._idle = True
        self._upgraded = False
        self._greenlet = eventlet.getcurrent()

    # -- parser callbacks -----------------------------------------------------

    def on_message_begin(self) -> None:
        self._arriving = Incoming(self)

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
        incoming.expects = headers.get("expect", "").lower() == "100-continue"
        if incoming.version not in ("1.0", "1.1"):
            incoming.refused = HttpProblem(505, "http_version", "This server speaks HTTP/1.1.")
        elif incoming.version == "1.1" and not _HOST.fullmatch(headers.get("host", "")):
            incoming.refused = HttpProblem(400, "malformed_request", "The Host header is missing or wrong.")
        self._waiting.append(incoming)
        if len(self._waiting) > MAX_PIPELINED:
            raise self._refuse(400, "malformed_request", "Too many requests at once on one connection.")

    def on_body(self, piece: bytes) -> None:
        self._arriving.pieces.append(piece)
        self._arriving.received += len(piece)

    def on_message_complete(self) -> None:
        self._arriving.complete = True

    # -- life -----------------------------------------------------------------

    def run(self) -> None:
        """Answer requests until the client leaves, errs, or the server stops."""
        try:
            while self._await_request():
                self._idle = False
                incoming = self._waiting.popleft()
                if not self._answer(incoming):
                    if incoming.refused or not incoming.complete:
                        self._linger()
                    return
                self._idle = not self._waiting
        except (OSError, ClientGone):
            pass
        finally:
            self._peer.close()

    def close_if_idle(self) -> None:
        """Close at once unless a request is being answered."""
        if self._idle:
            self.abort()

    def abort(self) -> None:
        """Close whatever is going on."""
        eventlet.hubs.get_hub().schedule_call_global(0, _throw, self._greenlet, ClientGone())

    def send_continue(self) -> None:
        self._peer.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

    def receive_body(self, incoming: Incoming) -> None:
        """Take in the next piece of a body; slow and broken ones become problems."""
        if time.monotonic() - incoming.began > self._limits.body_timeout + incoming.received / SLOWEST_BODY:
            raise HttpProblem(408, "body_too_slow", "The body comes too slowly.")
        try:
            alive = self._receive(self._limits.body_timeout)
        except TimeoutError:
            raise HttpProblem(408, "body_too_slow", "The body did not come in time.") from None
        except httptools.HttpParserError:
            incoming.keep_alive = False
            raise HttpProblem(400, "malformed_request", "The body is not framed as HTTP says.") from None
        if not alive:
            raise ClientGone

    def _linger(self) -> None:
        """Let the client read the answer: closing on what it still sends would take it away."""
        self._peer.shutdown(socket.SHUT_WR)
        limit = time.monotonic() + LINGER
        while (left := limit - time.monotonic()) > 0:
            self._peer.settimeout(left)
            if not self._peer.recv(RECEIVE):
                return

    def _await_request(self) -> bool:
        """Receive until the headers of a request are complete; False when there will be none."""
        if self._waiting:
            return True
        limit = time.monotonic() + self._limits.idle_timeout
        started = False
        while not self._waiting:
            if self._upgraded or self._server.stopping:
                return False
            try:
                if not self._receive(max(0.001, limit - time.monotonic())):
                    return False
            except TimeoutError:
                if started:
                    self._send_refusal(HttpProblem(408, "request_timeout", "The headers did not come in time."))
                return False
            except httptools.HttpParserError:
                self._break_off()
            if not started:
                started = True
                limit = time.monotonic() + self._limits.header_timeout
        return True

    def _receive(self, timeout: float) -> bool:
        self._peer.settimeout(timeout)
        data = self._peer.recv(RECEIVE)
        if not data:
            return False
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._upgraded = True
            if self._waiting:
                self._waiting[-1].keep_alive = False
        return True

    # -- answering ------------------------------------------------------------

    def _answer(self, incoming: Incoming) -> bool:
        """Serve one request; whether the connection may be used again."""
        if incoming.refused:
            self._send_refusal(incoming.refused)
            return False
        request = self._request(incoming)
        response = self._server.respond(request)
        keep = incoming.keep_alive and not self._server.stopping and self._can_go_on(incoming)
        self._peer.settimeout(self._limits.send_timeout)
        try:
            self._send(request, response, incoming, keep)
        finally:
            response.close()
        return keep and self._drain(incoming)

    def _request(self, incoming: Incoming) -> HttpRequest:
        url = incoming.url.decode("latin-1")
        if not url.startswith("/"):
            url = _origin_form(url)
        path, _, query = url.partition("?")
        body: Incoming | BufferedBody = incoming
        if incoming.complete:
            content = b"".join(incoming.pieces)
            incoming.pieces.clear()
            body = BufferedBody(content) if content else EMPTY_BODY
        return HttpRequest(incoming.method, path, query, incoming.headers, body, self._remote)

    def _can_go_on(self, incoming: Incoming) -> bool:
        """Whether what is left of the body is little enough to be read and thrown away."""
        if incoming.complete:
            return True
        if incoming.expects or incoming.length is None:
            return False
        return incoming.length - incoming.received <= DRAIN

    def _drain(self, incoming: Incoming) -> bool:
        try:
            for _ in incoming.chunks():
                if incoming.received > DRAIN * 2:
                    return False
        except HttpProblem:
            return False
        return True

    def _send(self, request: HttpRequest, response: HttpResponse, incoming: Incoming, keep: bool) -> None:
        head = [_STATUS[response.status], _date(), response.preset]
        framed = False
        for name, value in response.headers:
            head.append(f"{name}: {value}\r\n".encode("latin-1", "replace"))
            framed = framed or name == "Content-Length"
        if not keep:
            head.append(b"Connection: close\r\n")
        elif incoming.version == "1.0":
            head.append(b"Connection: keep-alive\r\n")
        body = response.body
        if isinstance(body, bytes):
            if not framed and response.status not in (204, 304):
                head.append(b"Content-Length: %d\r\n" % len(body))
            head.append(b"\r\n")
            if request.method != "HEAD":
                head.append(body)
            self._peer.sendall(b"".join(head))
            return
        chunked = not framed and incoming.version == "1.1"
        if chunked:
            head.append(b"Transfer-Encoding: chunked\r\n")
        elif not framed:
            incoming.keep_alive = False
        head.append(b"\r\n")
        self._peer.sendall(b"".join(head))
        if request.method != "HEAD":
            self._send_pieces(body, chunked)

    def _send_pieces(self, body: object, chunked: bool) -> None:
        watcher = eventlet.spawn(self._watch, self._greenlet)
        try:
            turn = time.monotonic() + TURN
            for piece in body:  # type: ignore[attr-defined]
                if piece:
                    self._peer.sendall(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
                if time.monotonic() > turn:
                    eventlet.sleep(0)
                    turn = time.monotonic() + TURN
            if chunked:
                self._peer.sendall(b"0\r\n\r\n")
        finally:
            watcher.kill()

    def _watch(self, sender: object) -> None:
        """While a stream is sent, notice that the client leaves, and stop the work for it."""
        peer = self._peer
        while True:
            eventlet.hubs.trampoline(peer, read=True)
            if peer.fd.recv(1, 2) == b"":
                eventlet.hubs.get_hub().schedule_call_global(0, _throw, sender, ClientGone())
                return
            eventlet.sleep(1)

    def _send_refusal(self, problem: HttpProblem) -> None:
        """Answer what never became a request, then close."""
        document = {
            "type": f"/api/errors#{problem.code}", "title": REASONS[problem.status],
            "status": problem.status, "code": problem.code, "detail": problem.detail,
        }  # fmt: skip
        body = orjson.dumps(document)
        self._peer.settimeout(self._limits.send_timeout)
        self._peer.sendall(
            _STATUS[problem.status] + _date() + b"Content-Type: application/problem+json\r\n"
            b"X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nConnection: close\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
        )

    def _refuse(self, status: int, code: str, detail: str) -> HttpProblem:
        problem = HttpProblem(status, code, detail)
        self._arriving.refused = problem
        return problem

    def _break_off(self) -> None:
        """Nothing after a parser error can be told apart: refuse what was arriving, then close."""
        incoming = self._arriving
        if incoming is None or incoming.complete:
            incoming = Incoming(self)
        if incoming.refused is None:
            detail = "This is not a request as HTTP/1.1 says."
            incoming.refused = HttpProblem(400, "malformed_request", detail)
        if not incoming.headed:
            self._waiting.append(incoming)


def _origin_form(url: str) -> str:
    """The path of `http://host/path`; `*` and what is no address at all stay as they are."""
    parts = url.split("/", 3)
    if url.lower().startswith(("http://", "https://")):
        return "/" + (parts[3] if len(parts) > 3 else "")
    return url


_date_line = (0, b"")


def _date() -> bytes:
    global _date_line
    now = int(time.time())
    if _date_line[0] != now:
        _date_line = (now, f"Date: {formatdate(now, usegmt=True)}\r\n".encode())
    return _date_line[1]


def _throw(greenlet: object, error: BaseException) -> None:
    if not greenlet.dead:  # type: ignore[attr-defined]
        greenlet.throw(error)  # type: ignore[attr-defined]
