"""The socket: accepts connections, one greenlet each, and stops without cutting anybody off."""

import os
import socket
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import eventlet
from eventlet.greenio import GreenSocket

from azora.errors import AzoraError
from azora.http.connection import Connection
from azora.http.exchange import HttpRequest, HttpResponse
from azora.http.peer import Peer
from azora.tls.redirect import ToHttps
from azora.tls.stream import Stream, TlsSocket, speaks_tls

if TYPE_CHECKING:
    from azora.http.settings import HttpSettings
    from azora.tls.certificates import Certificates

Respond = Callable[[HttpRequest], HttpResponse]
BACKLOG = 1_024


class Server:
    """Listens at `host:port` or `unix:/path` from the moment it is made."""

    def __init__(
        self,
        respond: Respond,
        settings: "HttpSettings",
        address: str,
        certificates: "Certificates | None" = None,
    ) -> None:
        self.respond = respond
        self.limits = settings
        self._certificates = certificates
        self._to_https = ToHttps()
        self.stopping = False
        self._socket = open_socket(address)
        self._unix = address.removeprefix("unix:") if address.startswith("unix:") else None
        self._connections: set[Connection] = set()
        self._acceptor = eventlet.spawn(self._accept)

    @property
    def address(self) -> str:
        """Where it listens, with the real port: `127.0.0.1:8000` or `unix:/path`."""
        if self._unix:
            return f"unix:{self._unix}"
        host, port = self._socket.getsockname()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def begin(self, peer: Peer) -> tuple[Stream, Respond, str]:
        """What a connection speaks through, who answers it, and its scheme; raises OSError.

        Where HTTPS is served, plain HTTP is only told so.
        """
        if self._certificates is None:
            return peer, self.respond, "http"
        if not speaks_tls(peer, self.limits.idle_timeout):
            return peer, self._to_https, "http"
        stream = TlsSocket(peer, self._certificates.context())
        stream.handshake(self.limits.header_timeout)
        return stream, self.respond, "https"

    def stop(self, grace: float) -> None:
        """Accept no more, let requests finish for at most `grace` seconds, then close all."""
        if self.stopping:
            return
        self.stopping = True
        self._acceptor.kill()
        self._socket.close()
        if self._unix:
            with suppress(FileNotFoundError):
                os.unlink(self._unix)
        for connection in list(self._connections):
            connection.close_if_idle()
        limit = time.monotonic() + grace
        while self._connections and time.monotonic() < limit:
            eventlet.sleep(0.01)
        for connection in list(self._connections):
            connection.abort()

    def _accept(self) -> None:
        while True:
            try:
                peer, address = self._socket.accept()
            except OSError:
                if self.stopping:
                    return
                eventlet.sleep(0.05)
                continue
            if len(self._connections) >= self.limits.max_connections:
                peer.close()
                continue
            if self._unix is None:
                peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            eventlet.spawn_n(self._serve, peer, address[0] if self._unix is None else "")

    def _serve(self, accepted: GreenSocket, remote: str) -> None:
        connection = Connection(Peer(accepted), remote, self)
        self._connections.add(connection)
        try:
            connection.run()
        finally:
            self._connections.discard(connection)


def open_socket(address: str) -> GreenSocket:
    """A listening socket. Raises AzoraError, saying what to do, where the address is taken."""
    try:
        if address.startswith("unix:"):
            return _open_unix(Path(address.removeprefix("unix:")))
        host, _, port = address.rpartition(":")
        host = host.strip("[]")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = GreenSocket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, int(port)))
    except OSError as error:
        raise AzoraError(
            f"Cannot listen at {address}: {error.strerror}. Choose another address.",
            code="address_in_use",
        ) from error
    listener.listen(BACKLOG)
    return listener


def _open_unix(path: Path) -> GreenSocket:
    """A Unix socket that only its owner can open; what a killed process left there is replaced."""
    with suppress(FileNotFoundError):
        if stat.S_ISSOCK(path.stat().st_mode):
            path.unlink()
    listener = GreenSocket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listener.bind(str(path))
    finally:
        os.umask(before)
    listener.listen(BACKLOG)
    return listener
