"""A connection is handed over to WebSocket, with a real client; what is no handshake stays HTTP."""

import eventlet
import pytest
import websocket as client
from eventlet.websocket import RFC6455WebSocket
from tests.kernel.http.test_protocol import LAST, statuses
from tests.kernel.http.wire import read_all

from azora.http.upgrades import websocket

LIVE = "/api/notes/live"
SHAKE = (
    b"GET /api/notes/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Authorization: Bearer azt_reader\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
PING = b"\x89\x84\x00\x00\x00\x00ping"


class Heard:
    """A stream whose first bytes have come already."""

    def __init__(self, stream, early):
        self._stream, self._early = stream, early
        self.sendall, self.close = stream.sendall, stream.close

    def recv(self, size):
        early, self._early = self._early[:size], self._early[size:]
        return early or self._stream.recv(size)


def echo(stream, early, request):
    """Say back what is heard, to whom it is said."""
    stream.settimeout(None)
    socket = RFC6455WebSocket(Heard(stream, early), {})
    while (said := socket.wait()) is not None:
        socket.send(f"{request.context.actor.id}: {said}")


@pytest.fixture
def live(http):
    http.gateway.router.add("GET", LIVE, websocket(http.gateway.origins, echo, "notes.read"))
    return http


def connected(live, token="azt_reader", **settings):
    headers = [f"Authorization: Bearer {token}"] if token else []
    return client.create_connection(
        f"ws://{live.address}{LIVE}", header=headers, timeout=5, **settings
    )


def test_a_websocket_client_talks_with_what_was_registered(live):
    socket = connected(live)
    for said in ("sawubona", "ngũ" * 50_000):
        socket.send(said)
        assert socket.recv() == f"user:reader: {said}"
    socket.ping("still there?")
    assert socket.recv_data(control_frame=True)[1] == b"still there?"
    socket.close()


def test_two_speak_at_once_beside_plain_requests(live):
    first, second = connected(live), connected(live, "azt_author")
    second.send("two")
    assert live.get("/healthz").status == 200
    first.send("one")
    assert (first.recv(), second.recv()) == ("user:reader: one", "user:author: two")


def test_what_comes_with_the_handshake_is_heard(live):
    with live.connect() as peer:
        peer.sendall(SHAKE + PING)
        received = b""
        while not received.endswith(b"ping"):
            received += peer.recv(65_536)
    head, _, frames = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head
    assert b"Content-Length" not in head and b"Connection: close" not in head
    assert frames == b"\x8a\x04ping"


def test_only_who_may_is_let_in(live):
    for token, status in (("", 401), ("azt_keeper", 101), ("azt_nobody", 401)):
        if status == 101:
            connected(live, token).close()
            continue
        with pytest.raises(client.WebSocketBadStatusException) as refused:
            connected(live, token)
        assert refused.value.status_code == status


def test_another_site_is_not_let_in_with_a_visitors_session(live):
    with pytest.raises(client.WebSocketBadStatusException) as refused:
        connected(live, "", cookie="azora_session=session-of-author", origin="https://evil.example")
    assert refused.value.status_code == 403
    connected(live, "", cookie="azora_session=session-of-author").close()


@pytest.mark.parametrize(
    ("wrong", "right", "status"),
    [
        (b"Upgrade: h2c\r\n", b"Upgrade: websocket\r\n", 426),
        (b"Connection: close\r\n", b"Connection: Upgrade\r\n", 426),
        (b"Version: 8\r\n", b"Version: 13\r\n", 426),
        (b"Key: c2hvcnQ=\r\n", b"Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", 400),
        (b"Key: ????\r\n", b"Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", 400),
        (b"HTTP/1.0\r\n", b"HTTP/1.1\r\n", 426),
        (b"HTTP/1.1\r\nContent-Length: 4\r\n", b"HTTP/1.1\r\n", 400),
    ],
)
def test_what_is_no_handshake_is_told_so_and_nothing_behind_it_is_read(live, wrong, right, status):
    with live.connect() as peer:
        peer.sendall(SHAKE.replace(right, wrong) + PING + LAST)
        peer.settimeout(0.3)
        received = read_all(peer)
    assert statuses(received)[:1] == [status]
    assert 200 not in statuses(received)


def test_stopping_waits_for_it_and_then_cuts_it_off(live):
    socket = connected(live)
    stopping = eventlet.spawn(live.gateway.stop, 0.3)
    eventlet.sleep(0.05)
    socket.send("still")
    assert socket.recv() == "user:reader: still"
    stopping.wait()
    with pytest.raises((client.WebSocketConnectionClosedException, OSError)):
        socket.recv()
