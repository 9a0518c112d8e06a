"""A TLS connection with the methods of a socket, over a plain one: the handshake blocks nobody else.

The records pass through memory, so that reading and writing never wait for each other.
"""

import socket
import ssl
import time
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from azora.http.peer import Peer

RECEIVE = 65_536
PIECE = 65_536
HANDSHAKE = b"\x16"
"""The first byte of a connection that speaks TLS."""


class TlsSocket:
    """The server's end of one TLS connection."""

    def __init__(self, peer: "Peer", context: ssl.SSLContext) -> None:
        self._peer = peer
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._timeout: float | None = None
        self._early = b""

    def handshake(self, seconds: float) -> None:
        """Agree on keys. Raises OSError (ssl.SSLError, TimeoutError) where that fails."""
        limit = time.monotonic() + seconds
        while True:
            try:
                self._tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self._flush()
                if not self._fill(limit):
                    raise ConnectionResetError("the client left during the handshake") from None
            except ssl.SSLError:
                self._send_last()
                raise
        self._flush()

    def settimeout(self, seconds: float | None) -> None:
        self._timeout = seconds
        self._peer.settimeout(seconds)

    def recv(self, size: int) -> bytes:
        """Up to so many bytes; b"" at the end. The time-out holds for all records that it takes."""
        if self._early:
            early, self._early = self._early[:size], self._early[size:]
            return early
        limit = None if self._timeout is None else time.monotonic() + self._timeout
        while True:
            try:
                return self._tls.read(size)
            except ssl.SSLWantReadError:
                self._flush()
                if not self._fill(limit):
                    return b""
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""

    def sendall(self, data: bytes) -> None:
        view = memoryview(data)
        for start in range(0, len(view), PIECE):
            self._tls.write(view[start : start + PIECE])
            self._flush()

    def wait(self) -> None:
        """Wait, however long, until the client says something or leaves."""
        self._peer.wait()

    def left(self) -> bool:
        """Whether the client has left; to be asked when something can be read."""
        data = self._peer.fd.recv(RECEIVE)
        if not data:
            return True
        self._incoming.write(data)
        try:
            self._early += self._tls.read(RECEIVE)
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLError:
            return True
        return False

    def shutdown(self, how: int) -> None:
        """Say that nothing more comes."""
        self._say_goodbye()
        self._peer.shutdown(how)

    def close(self) -> None:
        self._say_goodbye()
        self._peer.close()

    def _say_goodbye(self) -> None:
        with suppress(ssl.SSLError, ValueError):
            self._tls.unwrap()
        self._send_last()

    def _send_last(self) -> None:
        """Send what is left as far as the client takes it at once."""
        with suppress(OSError):
            self._peer.fd.send(self._outgoing.read())

    def _fill(self, limit: float | None) -> bool:
        """Take in what comes until then; False at the end of the connection."""
        if limit is not None:
            self._peer.settimeout(max(0.001, limit - time.monotonic()))
        data = self._peer.recv(RECEIVE)
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()
        return bool(data)

    def _flush(self) -> None:
        if self._outgoing.pending:
            self._peer.sendall(self._outgoing.read())


Stream: TypeAlias = "Peer | TlsSocket"


def speaks_tls(peer: "Peer", seconds: float) -> bool:
    """Whether the client begins with a TLS handshake. Raises OSError where it says nothing in time."""
    peer.settimeout(seconds)
    return bool(peer.recv(1, socket.MSG_PEEK) == HANDSHAKE)
