"""Long answers over TLS: they come whole, and their work ends when the client leaves."""

import json
import socket
import ssl

import eventlet
import pytest
from tests.kernel.hosting import running
from tests.kernel.http.gateway_plugin import Notebook, notes_plugin

from azora.http import Gateway
from azora.tls.authority import Authority


@pytest.fixture
def connect(tmp_path):
    """Opens TLS connections to a server whose plugin streams."""
    authority = Authority(tmp_path / "bought", "elsewhere")
    authority.ensure(["localhost"])
    tls = {
        "enabled": True,
        "certificate": str(authority.certificate),
        "key": str(authority.key),
    }
    with running(tmp_path, notes_plugin(), tls=tls, http={"rate_limit": 0}) as runtime:
        gateway = Gateway(runtime)
        host, _, port = gateway.listen("127.0.0.1:0").address.rpartition(":")
        context = ssl.create_default_context(cafile=str(authority.root))

        def begin():
            raw = socket.create_connection((host, int(port)), 10)
            return context.wrap_socket(raw, server_hostname="localhost")

        yield begin
        gateway.stop(1.0)


def ask(peer, to, more=""):
    request = f"GET /api/notes/count?to={to} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n"
    peer.sendall(request.encode())


def test_a_stream_comes_whole(connect):
    with connect() as peer:
        ask(peer, 20_000, "Connection: close\r\n")
        received = b"".join(iter(lambda: peer.recv(65536), b""))
    lines = [line for line in received.split(b"\r\n") if line.startswith(b"{")]
    numbers = [json.loads(part)["number"] for line in lines for part in line.splitlines()]
    assert numbers == list(range(20_000))


@pytest.mark.parametrize("politely", [True, False])
def test_the_work_for_a_client_that_leaves_is_stopped(connect, politely):
    peer = connect()
    ask(peer, 1_000_000)
    peer.recv(1000)
    if politely:
        peer.settimeout(0.1)
        with pytest.raises(OSError):
            while True:
                peer.unwrap()
    peer.close()
    with eventlet.Timeout(20):
        while not Notebook.closed:
            eventlet.sleep(0.01)
    assert Notebook.closed[0] < 999_999


def test_two_requests_sent_at_once_are_answered_in_order(connect):
    with connect() as peer:
        ask(peer, 1)
        ask(peer, 2, "Connection: close\r\n")
        received = b"".join(iter(lambda: peer.recv(65536), b""))
    assert received.count(b"HTTP/1.1 200") == 2
    assert received.count(b'"number"') == 3
