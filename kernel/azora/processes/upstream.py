"""HTTP/1.1 to a plugin's own gateway over its Unix socket: pooled, streaming both ways."""

import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

import eventlet
import httptools

from azora.errors import Unavailable
from azora.http.exchange import BufferedBody, Headers, HttpRequest, HttpResponse

RECEIVE = 65_536
PATIENCE = 5.0
"""Seconds for which a process that is being restarted is waited for; nothing has been sent by then."""

IDLE = 32
HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer",
     "transfer-encoding", "upgrade", "proxy-connection"}
)  # fmt: skip
_LOSSES = 1
"""New connections on which a repeatable request may be lost: a process that is killed takes some."""

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})


class _Lost(Exception):
    """The process closed the connection before it answered."""


class Upstream:
    """One plugin's process, as whoever proxies to it sees it."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self._path = path
        self._idle: deque[socket.socket] = deque(maxlen=IDLE)

    def forward(
        self, request: HttpRequest, headers: Headers, patience: float = PATIENCE
    ) -> HttpResponse:
        """The process's response to a request sent on with these headers.

        Raises Unavailable: `not_sent` when nobody listens, `unknown` when it was lost on the way.
        """
        lost = 0
        while True:
            peer, kept = self._connect(patience)
            exchange = _Exchange(peer, self._keep)
            try:
                exchange.send(request, headers)
                return exchange.response(request)
            except (_Lost, OSError):
                peer.close()
                repeatable = request.method in _REPEATABLE and isinstance(
                    request.body, BufferedBody
                )
                lost += not kept
                if not repeatable or lost > _LOSSES:
                    raise Unavailable(
                        f"{self.name} ended while it worked on this.", sent="unknown"
                    ) from None

    def _connect(self, patience: float) -> tuple[socket.socket, bool]:
        """A connection, and whether it has served before."""
        while self._idle:
            kept = self._idle.pop()
            if not _readable(kept):
                return kept, True
            kept.close()
        limit = time.monotonic() + patience
        while True:
            peer = socket.socket(socket.AF_UNIX)
            try:
                peer.connect(str(self._path))
                return peer, False
            except OSError:
                peer.close()
                if time.monotonic() > limit:
                    raise Unavailable(f"{self.name} is not running.") from None
                eventlet.sleep(0.05)

    def _keep(self, peer: socket.socket) -> None:
        if len(self._idle) < IDLE:
            self._idle.append(peer)
        else:
            peer.close()


class _Exchange:
    """One request and its response on one connection."""

    def __init__(self, peer: socket.socket, keep: Callable[[socket.socket], None]) -> None:
        self._peer = peer
        self._keep = keep
        self._parser = httptools.HttpResponseParser(self)
        self._headers: Headers = []
        self._pieces: deque[bytes] = deque()
        self._headed = self._complete = self._kept_alive = False
        self._unsent: Iterator[bytes] | None = None

    # -- parser callbacks -----------------------------------------------------

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        self._headed = True
        self._kept_alive = self._parser.should_keep_alive()

    def on_body(self, piece: bytes) -> None:
        self._pieces.append(piece)

    def on_message_complete(self) -> None:
        self._complete = True

    # -- the exchange ---------------------------------------------------------

    def send(self, request: HttpRequest, headers: Headers) -> None:
        """Send the head, and the body unless the other side wants to see the head first."""
        target = f"{request.path}?{request.query}" if request.query else request.path
        body = request.body
        told = (f"{k}: {v}" for k, v in headers if k.lower() != "content-length")
        lines = [f"{request.method} {target} HTTP/1.1", *told]
        if body.length is None:
            lines.append("Transfer-Encoding: chunked")
        elif body.length or request.method in _WITH_BODY:
            lines.append(f"Content-Length: {body.length}")
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        if isinstance(body, BufferedBody):
            self._peer.sendall(head + body.content)
            return
        self._peer.sendall(head)
        self._unsent = _framed(body.chunks(), chunked=body.length is None)
        if request.headers.get("expect", "").lower() != "100-continue":
            self._send_body()

    def response(self, request: HttpRequest) -> HttpResponse:
        """The response once its head is there; its body follows as it comes."""
        while not self._final_head():
            self._receive()
        status = self._parser.get_status_code()
        headers = [(k, v) for k, v in self._headers if k.lower() not in HOP_BY_HOP | {"date"}]
        bodiless = request.method == "HEAD" or status in (204, 304)
        if bodiless or self._complete:
            whole = b"".join(self._pieces)
            self._done(reusable=self._unsent is None)
            return HttpResponse(status, whole, headers)
        return HttpResponse(status, self._stream(), headers)

    def _final_head(self) -> bool:
        """Whether the head of the answer is there; one that only says "go on" is obeyed."""
        if self._headed and self._parser.get_status_code() == 100:
            self._headers, self._headed, self._complete = [], False, False
            self._parser = httptools.HttpResponseParser(self)
            self._send_body()
        return self._headed

    def _send_body(self) -> None:
        """Send the rest of the body, unless an answer comes before its end."""
        assert self._unsent is not None
        try:
            for piece in self._unsent:
                self._peer.sendall(piece)
                if _readable(self._peer):
                    return
        except (BrokenPipeError, ConnectionResetError):
            return
        self._unsent = None

    def _stream(self) -> Iterator[bytes]:
        try:
            while True:
                while self._pieces:
                    yield self._pieces.popleft()
                if self._complete:
                    break
                self._receive()
        except BaseException:
            self._peer.close()
            raise
        self._done(reusable=self._unsent is None)

    def _receive(self) -> None:
        data = self._peer.recv(RECEIVE)
        if not data:
            raise _Lost
        self._parser.feed_data(data)

    def _done(self, *, reusable: bool) -> None:
        if reusable and self._kept_alive:
            self._keep(self._peer)
        else:
            self._peer.close()


def _framed(pieces: Iterator[bytes], *, chunked: bool) -> Iterator[bytes]:
    if not chunked:
        yield from pieces
        return
    for piece in pieces:
        yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


def _readable(peer: socket.socket) -> bool:
    """Whether something, or the end, can be read without waiting."""
    raw = getattr(peer, "fd", peer)
    try:
        raw.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
