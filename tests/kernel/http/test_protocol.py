"""HTTP/1.1 on the socket: framing, keep-alive, limits, slow and hostile clients, stopping."""

import re
import socket
import time

import eventlet
import pytest
from tests.kernel.http.wire import read_all

from azora.http import Gateway

GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
LAST = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def statuses(received):
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d+) ", received)]


def test_one_connection_serves_many_requests(http):
    with http.connect() as peer:
        for _ in range(3):
            peer.sendall(GET)
            assert statuses(peer.recv(65_536)) == [200]


def test_pipelined_requests_are_answered_in_order(http):
    second = LAST.replace(b"/healthz", b"/api/none")
    assert statuses(http.raw(GET + GET + second)) == [200, 200, 404]


def test_http_1_0_closes_unless_asked(http):
    assert b"Connection: close" in http.raw(b"GET /healthz HTTP/1.0\r\n\r\n")


@pytest.mark.parametrize(
    "request_",
    [
        b"POST /api/notes/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /api/notes/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n{}  ",
        b"POST /api/notes/echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/notes/echo HTTP/1.1\r\nHost: x\r\nContent-Length: +2\r\n\r\n{}",
        b"POST /api/notes/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2, 2\r\n\r\n{}",
        b"POST /api/notes/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"POST /api/notes/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"POST /api/notes/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n folded\r\n\r\n",
        b"GET /healthz HTTP/1.1\nHost: x\n\n",
        b"GET /healthz HTTP/1.1\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: a b\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: a\x00b\r\n\r\n",
        b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"nonsense\r\n\r\n",
    ],
)
def test_what_is_not_plainly_one_request_is_refused_and_the_connection_closed(http, request_):
    received = http.raw(request_ + GET, timeout=2)
    assert statuses(received) == [400]
    assert b"Connection: close" in received


def test_a_bad_chunk_is_refused(http):
    head = b"POST /api/notes/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert statuses(http.raw(head + b"zz\r\n{}\r\n0\r\n\r\n")) == [400]
    assert statuses(http.raw(head + b"2\r\n{}extra\r\n0\r\n\r\n")) == [400]


def test_a_chunked_body_is_read_whole(http):
    head = (
        b"POST /api/notes/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )
    received = http.raw(
        head + b'7;ext=1\r\n{"say":\r\n4\r\n"hi"\r\n1\r\n}\r\n0\r\nTrailer: x\r\n\r\n'
    )
    assert received.endswith(b'{"said":"hi"}')


def test_long_addresses_and_large_headers_are_refused(http):
    assert statuses(http.raw(b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")) == [414]
    assert statuses(http.raw(GET[:-2] + b"X-A: " + b"a" * 40_000 + b"\r\n\r\n")) == [431]
    many = b"".join(b"X-%d: 1\r\n" % number for number in range(200))
    assert statuses(http.raw(GET[:-2] + many + b"\r\n")) == [431]


def test_a_client_that_drips_its_headers_is_cut_off(start):
    wire = start(http={"header_timeout": 0.3, "rate_limit": 0})
    with wire.connect() as peer:
        began = time.monotonic()
        peer.sendall(b"GET /healthz HTTP/1.1\r\n")
        dripper = eventlet.spawn(drip, peer, b"X")
        assert statuses(read_all(peer)) == [408]
        dripper.kill()
    assert time.monotonic() - began < 3


def drip(peer, letter):
    while True:
        eventlet.sleep(0.05)
        peer.sendall(letter)


def test_a_client_that_stops_within_its_body_is_cut_off(start):
    wire = start(http={"body_timeout": 0.3, "rate_limit": 0})
    head = b"POST /api/notes/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
    assert statuses(wire.raw(head + b'{"say"')) == [408]


def test_a_client_that_drips_its_body_is_cut_off(start):
    wire = start(http={"body_timeout": 0.3, "rate_limit": 0})
    head = b"POST /api/notes/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
    with wire.connect() as peer:
        peer.sendall(head)
        dripper = eventlet.spawn(drip, peer, b" ")
        assert statuses(read_all(peer)) == [408]
        dripper.kill()


def test_a_silent_connection_is_closed(start):
    wire = start(http={"idle_timeout": 0.2, "rate_limit": 0})
    with wire.connect() as peer:
        assert read_all(peer) == b""


def test_a_client_is_told_to_go_on_only_when_its_body_is_wanted(http):
    head = (
        b"POST /api/notes/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n"
    )
    with http.connect() as peer:
        peer.sendall(head % 12)
        assert peer.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        peer.sendall(b'{"say":"hi"}')
        assert b'{"said":"hi"}' in peer.recv(65_536)
    assert statuses(http.raw(head % 9_999_999)) == [413]


def test_the_rest_of_a_refused_body_does_not_become_a_request(http):
    body = GET
    head = b"POST /api/none HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    assert statuses(http.raw(head + body + LAST)) == [404, 200]


def test_an_upgrade_is_ignored_and_the_connection_closed(http):
    received = http.raw(GET[:-2] + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
    assert statuses(received) == [200]
    assert b"Connection: close" in received


def test_an_absolute_address_is_taken_by_its_path(http):
    assert statuses(http.raw(LAST.replace(b"/healthz", b"http://x/healthz"))) == [200]


def test_header_values_cannot_break_out(http):
    answer = http.get("/api/notes/echo?say=x", Origin="https://evil\x7f")
    assert answer.status in (200, 400)


def test_a_unix_socket_serves_and_is_removed_at_the_end(http, tmp_path):
    path = tmp_path / "gateway.sock"
    gateway = Gateway(http.runtime)
    server = gateway.listen(f"unix:{path}")
    assert server.address == f"unix:{path}"
    assert path.stat().st_mode & 0o777 == 0o600
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(5)
        peer.connect(str(path))
        peer.sendall(LAST)
        assert statuses(read_all(peer)) == [200]
    gateway.stop(grace=1)
    assert not path.exists()


def test_a_port_that_is_taken_says_so(http):
    with pytest.raises(Exception, match="Cannot listen at"):
        Gateway(http.runtime).listen(http.address)


def test_stopping_lets_a_request_finish_and_closes_idle_connections(http):
    idle, busy = http.connect(), http.connect()
    busy.sendall(
        b"POST /api/notes/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n"
    )
    eventlet.sleep(0.05)
    stopping = eventlet.spawn(http.gateway.stop, 5.0)
    eventlet.sleep(0.05)
    busy.sendall(b'{"say":"hi"}')
    received = read_all(busy)
    assert received.endswith(b'{"said":"hi"}')
    assert b"Connection: close" in received
    assert read_all(idle) == b""
    stopping.wait()
    with pytest.raises(OSError):
        http.connect()


def test_stopping_cuts_off_what_does_not_finish(http):
    with http.connect() as stuck:
        stuck.sendall(
            b"POST /api/notes/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n"
        )
        eventlet.sleep(0.05)
        began = time.monotonic()
        http.gateway.stop(grace=0.2)
        assert time.monotonic() - began < 1
        assert read_all(stuck) == b""
