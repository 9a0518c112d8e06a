"""HTTP/1.1 on one connection: httptools parses, the request runs in the connection's greenlet.

Knows framing, keep-alive, pipelining, limits and time-outs; nothing of what is served.
"""

import socket
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import eventlet
import httptools

from azora.http.exchange import (
    EMPTY_BODY,
    BufferedBody,
    HttpProblem,
    HttpRequest,
    HttpResponse,
)
from azora.http.incoming import Assembler, ClientGone, Incoming
from azora.http.peer import Peer
from azora.http.writing import head_of, refusal
from azora.tls.stream import Stream

if TYPE_CHECKING:
    from azora.http.server import Server

RECEIVE = 65_536
DRAIN = 65_536
LINGER = 1.0
TURN = 0.02
"""Seconds of streaming after which others have their turn."""
SLOWEST_BODY = 500.0
"""Bytes a second that a client must send of its body on the whole."""


class Connection:
    """One client, answered in the order in which it asks."""

    def __init__(self, peer: Peer, remote: str, server: "Server") -> None:
        self._peer: Stream = peer
        self._raw = peer
        self._remote = remote
        self._server = server
        self._respond = server.respond
        self._scheme = "http"
        self._limits = server.limits
        self._requests = Assembler(self, server.limits)
        self._idle = True
        self._greenlet = eventlet.getcurrent()

    def run(self) -> None:
        """Answer requests until the client leaves, errs, or the server stops."""
        try:
            self._peer, self._respond, self._scheme = self._server.begin(self._raw)
            while self._await_request():
                self._idle = False
                incoming = self._requests.waiting.popleft()
                if not self._answer(incoming):
                    if incoming.refused or not incoming.complete:
                        self._linger()
                    return
                self._idle = not self._requests.waiting
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
        if (
            time.monotonic() - incoming.began
            > self._limits.body_timeout + incoming.received / SLOWEST_BODY
        ):
            raise HttpProblem(408, "body_too_slow", "The body comes too slowly.")
        try:
            alive = self._receive(self._limits.body_timeout)
        except TimeoutError:
            raise HttpProblem(408, "body_too_slow", "The body did not come in time.") from None
        except httptools.HttpParserError:
            incoming.keep_alive = False
            raise HttpProblem(
                400, "malformed_request", "The body is not framed as HTTP says."
            ) from None
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
        if self._requests.waiting:
            return True
        limit = time.monotonic() + self._limits.idle_timeout
        started = False
        while not self._requests.waiting:
            if self._requests.upgraded or self._server.stopping:
                return False
            try:
                if not self._receive(max(0.001, limit - time.monotonic())):
                    return False
            except TimeoutError:
                if started:
                    self._send_refusal(
                        HttpProblem(408, "request_timeout", "The headers did not come in time.")
                    )
                return False
            except httptools.HttpParserError:
                self._requests.break_off()
            if not started:
                started = True
                limit = time.monotonic() + self._limits.header_timeout
        return True

    def _receive(self, timeout: float) -> bool:
        self._peer.settimeout(timeout)
        data = self._peer.recv(RECEIVE)
        if not data:
            return False
        self._requests.feed(data)
        return True

    def _answer(self, incoming: Incoming) -> bool:
        """Serve one request; whether the connection may be used again."""
        if incoming.refused:
            self._send_refusal(incoming.refused)
            return False
        request = self._request(incoming)
        response = self._respond(request)
        keep = incoming.keep_alive and not self._server.stopping and self._can_go_on(incoming)
        self._peer.settimeout(self._limits.send_timeout)
        if response.take is not None:
            self._peer.sendall(head_of(response, b""))
            response.take(self._peer, self._requests.early)
            return False
        try:
            keep = self._send(request, response, incoming, keep)
        finally:
            response.close()
        return keep and (incoming.complete or self._drain(incoming))

    def _request(self, incoming: Incoming) -> HttpRequest:
        path, _, query = incoming.url.decode("latin-1").partition("?")
        body: Incoming | BufferedBody = incoming
        if incoming.complete:
            content = b"".join(incoming.pieces)
            incoming.pieces.clear()
            body = BufferedBody(content) if content else EMPTY_BODY
        request = HttpRequest(
            incoming.method, path, query, incoming.headers, body, self._remote, self._scheme
        )
        last = self._requests.upgraded and not self._requests.waiting
        request.upgradable = last and incoming.version == "1.1"
        return request

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

    def _send(
        self, request: HttpRequest, response: HttpResponse, incoming: Incoming, keep: bool
    ) -> bool:
        """Write the response; whether the connection is still in step."""
        body = response.body
        framed = response.status in (204, 304) or (
            (not body or not isinstance(body, bytes))
            and response.header("Content-Length") is not None
        )
        chunked = False
        framing = b""
        if isinstance(body, bytes):
            if not framed:
                framing = b"Content-Length: %d\r\n" % len(body)
        elif not framed:
            chunked = incoming.version == "1.1"
            framing = b"Transfer-Encoding: chunked\r\n" if chunked else b""
            keep = keep and chunked
        if not keep:
            framing += b"Connection: close\r\n"
        elif incoming.version == "1.0":
            framing += b"Connection: keep-alive\r\n"
        head = head_of(response, framing)
        if request.method == "HEAD":
            self._peer.sendall(head)
        elif isinstance(body, bytes):
            self._peer.sendall(head + body)
        else:
            self._peer.sendall(head)
            self._send_pieces(body, chunked)
        return keep

    def _send_pieces(self, body: Iterable[bytes], chunked: bool) -> None:
        watcher = eventlet.spawn(self._watch, self._greenlet)
        try:
            turn = time.monotonic() + TURN
            for piece in body:
                if piece:
                    self._peer.sendall(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
                if time.monotonic() > turn:
                    eventlet.sleep(0)
                    turn = time.monotonic() + TURN
            if chunked:
                self._peer.sendall(b"0\r\n\r\n")
        finally:
            watcher.kill()

    def _watch(self, sender: Any) -> None:
        """While a stream is sent, notice that the client leaves, and stop the work for it."""
        peer = self._peer
        while True:
            peer.wait()
            if peer.left():
                eventlet.hubs.get_hub().schedule_call_global(0, _throw, sender, ClientGone())
                return
            eventlet.sleep(1)

    def _send_refusal(self, problem: HttpProblem) -> None:
        self._peer.settimeout(self._limits.send_timeout)
        self._peer.sendall(refusal(problem))


def _throw(greenlet: Any, error: BaseException) -> None:
    if not greenlet.dead:
        greenlet.throw(error)
