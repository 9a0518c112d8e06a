"""The proxy's way to a process: bodies and answers of every framing, over one kept connection."""

import socket

import eventlet
import pytest

from azora.errors import Unavailable
from azora.http.exchange import BufferedBody, HttpRequest
from azora.processes.upstream import Upstream


@pytest.fixture
def process(tmp_path):
    """A process that answers each connection with the bytes it is given, and keeps what it was sent."""
    path = tmp_path / "process.sock"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    script = Script(path)

    def serve():
        while True:
            peer, _ = listener.accept()
            script.connections += 1
            eventlet.spawn_n(script.converse, peer)

    server = eventlet.spawn(serve)
    yield script
    server.kill()
    listener.close()


class Script:
    def __init__(self, path):
        self.path, self.connections = path, 0
        self.received, self.answers = [], []

    def converse(self, peer):
        while self.answers:
            data = peer.recv(65536)
            if not data:
                break
            self.received.append(data)
            wanted, answer = self.answers.pop(0)
            while wanted not in b"".join(self.received):
                self.received.append(peer.recv(65536))
            peer.sendall(answer)
        peer.close()

    def upstream(self, *answers):
        """An upstream that will be answered; each answer may name what must have been sent before."""
        self.answers = [each if isinstance(each, tuple) else (b"", each) for each in answers]
        return Upstream("shelf", self.path)


class Pieces:
    def __init__(self, *pieces, length=None):
        self._pieces, self.length = pieces, length

    def chunks(self):
        return iter(self._pieces)


def whole(response):
    return response.body if isinstance(response.body, bytes) else b"".join(response.body)


HOST = [("Host", "campus")]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\nok"


def test_one_connection_serves_many_requests(process):
    upstream = process.upstream(OK, OK)
    assert [whole(upstream.forward(HttpRequest("GET", "/"), HOST)) for _ in range(2)] == [
        b"ok",
        b"ok",
    ]
    assert process.connections == 1


def test_every_cookie_is_passed_on(process):
    response = process.upstream(OK).forward(HttpRequest("GET", "/"), HOST)
    assert [value for name, value in response.headers if name == "Set-Cookie"] == ["a=1", "b=2"]


def test_hop_by_hop_headers_end_here(process):
    answer = b"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\nContent-Length: 0\r\n\r\n"
    response = process.upstream(answer).forward(HttpRequest("GET", "/"), HOST)
    assert [name for name, _ in response.headers] == ["Content-Length"]


def test_chunked_answer_is_streamed_as_it_comes(process):
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n6\r\nsecond\r\n0\r\n\r\n"
    assert whole(process.upstream(answer).forward(HttpRequest("GET", "/"), HOST)) == b"firstsecond"


def test_body_of_unknown_length_is_sent_in_chunks(process):
    upstream = process.upstream((b"0\r\n\r\n", OK))
    upstream.forward(HttpRequest("POST", "/", body=Pieces(b"one", b"three")), HOST)
    assert b"3\r\none\r\n5\r\nthree\r\n0\r\n\r\n" in b"".join(process.received)


def test_refusal_before_the_end_of_the_body_is_heard(process):
    refusal = b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    pieces = (b"x" * 65536 for _ in range(10_000))
    body = Pieces(*pieces, length=655_360_000)
    response = process.upstream(refusal).forward(HttpRequest("POST", "/", body=body), HOST)
    assert response.status == 413


def test_body_waits_where_the_client_waits_for_leave(process):
    go_on = b"HTTP/1.1 100 Continue\r\n\r\n"
    upstream = process.upstream(go_on, (b"body", OK))
    asked = HttpRequest(
        "POST", "/", headers={"expect": "100-continue"}, body=Pieces(b"body", length=4)
    )
    assert whole(upstream.forward(asked, [*HOST, ("Expect", "100-continue")])) == b"ok"


def test_kept_connection_that_was_closed_meanwhile_is_replaced(process):
    upstream = process.upstream(OK)
    whole(upstream.forward(HttpRequest("GET", "/"), HOST))
    process.answers = [(b"", OK)]
    eventlet.sleep(0)
    answer = upstream.forward(HttpRequest("POST", "/", body=BufferedBody(b"{}")), HOST)
    assert whole(answer) == b"ok"


def test_process_that_ends_before_it_answers_leaves_it_unknown(process):
    upstream = process.upstream(b"")
    with pytest.raises(Unavailable) as raised:
        upstream.forward(HttpRequest("POST", "/", body=BufferedBody(b"{}")), HOST)
    assert raised.value.sent == "unknown"


def test_process_that_is_not_there_was_sent_nothing(tmp_path):
    upstream = Upstream("shelf", tmp_path / "nothing.sock")
    with pytest.raises(Unavailable) as raised:
        upstream.forward(HttpRequest("GET", "/"), HOST, patience=0)
    assert raised.value.sent == "not_sent"
