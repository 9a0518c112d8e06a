"""Fetching an address that anybody may have typed."""

import time

import pytest
from tests.kernel.outbound.web import Web, replying, server_context

from azora.errors import DeadlineExceeded, Invalid, Unavailable
from azora.outbound.fetch import Outbound
from azora.outbound.settings import OutboundSettings
from azora.testing.servers import free_port
from azora.tls.authority import Authority


@pytest.fixture
def web():
    web = Web()
    yield web
    web.close()


def outbound(resolve=lambda *_: ["127.0.0.1"], inside=("books.example",), **settings):
    return Outbound(OutboundSettings(inside=list(inside), **settings), "Azora/test", resolve)


def test_a_page_is_fetched_under_its_name_from_the_address_that_was_looked_at(web):
    answer = outbound().get(f"http://books.example:{web.port}/page#part", {"Accept": "text/html"})
    assert (answer.status, answer.ok, answer.media_type) == (200, True, "text/html")
    assert answer.body == b"<title>A page</title>"
    assert answer.address == f"http://books.example:{web.port}/page"
    _, headers = web.asked[0]
    assert headers["HTTP_HOST"] == f"books.example:{web.port}"
    assert (headers["HTTP_ACCEPT"], headers["HTTP_USER_AGENT"]) == ("text/html", "Azora/test")


@pytest.mark.parametrize(
    "address",
    [
        *("http://127.0.0.1/", "http://[::1]/", "http://0x7f.1/", "http://2130706433/"),
        *(
            "http://169.254.169.254/latest/meta-data/",
            "http://localhost/",
            "http://[::ffff:7f00:1]/",
        ),
        *("ftp://books.example/", "file:///etc/passwd", "gopher://books.example/", "books", ""),
        *("http://user:secret@books.example/", "http://", "http://[::1", "javascript:1"),
    ],
)
def test_what_is_no_public_address_of_the_web_is_refused(address):
    with pytest.raises(Invalid) as refused:
        Outbound(OutboundSettings(), "Azora/test").get(address)
    assert refused.value.code == "address_refused"


def test_a_redirect_inside_is_refused(web):
    target = f"http://127.0.0.1:{web.port}/page"
    with pytest.raises(Invalid):
        outbound().get(f"http://books.example:{web.port}/to/x?{target}")
    assert [path for path, _ in web.asked] == ["/to/x"]


def test_a_redirect_is_followed_and_takes_no_secret_elsewhere(web):
    there = outbound(inside=("books.example", "other.example"))
    target = f"http://other.example:{web.port}/page"
    answer = there.get(
        f"http://books.example:{web.port}/to/x?{target}",
        {"Authorization": "Bearer secret", "Accept": "text/html"},
    )
    assert answer.address == target
    assert "HTTP_AUTHORIZATION" in web.asked[0][1] and "HTTP_AUTHORIZATION" not in web.asked[1][1]
    assert web.asked[1][1]["HTTP_ACCEPT"] == "text/html"


def test_a_name_that_changes_its_address_meanwhile_leads_nowhere_else(web):
    answers = iter([["203.0.113.0", "127.0.0.2"], ["127.0.0.1"]])
    asked = []

    def rebinding(name, port):
        asked.append(name)
        return next(answers)

    there = outbound(rebinding, inside=("127.0.0.2",))
    with pytest.raises(
        Unavailable
    ):  # nobody listens on 127.0.0.2, and 127.0.0.1 was never looked at
        there.get(f"http://books.example:{web.port}/page")
    assert asked == ["books.example"] and web.asked == []


def test_the_next_address_is_asked_where_the_first_does_not_answer(web):
    both = outbound(lambda *_: ["127.0.0.2", "127.0.0.1"])
    assert both.get(f"http://books.example:{web.port}/page").ok


def test_an_endless_chain_of_redirects_ends(web):
    with pytest.raises(Unavailable, match="on and on"):
        outbound().get(f"http://books.example:{web.port}/round")
    assert len(web.asked) == 6


@pytest.mark.parametrize("path", ["endless", "bomb"])
def test_an_answer_that_is_too_long_is_not_read_to_its_end(web, path):
    with pytest.raises(Unavailable, match="more than 100,000 bytes"):
        outbound(max_answer=100_000).get(f"http://books.example:{web.port}/{path}")


def test_an_answer_that_drips_for_ever_is_cut_off_in_time(web):
    began = time.monotonic()
    with pytest.raises(DeadlineExceeded):
        outbound().get(f"http://books.example:{web.port}/slow", timeout=0.3)
    assert time.monotonic() - began < 3


def test_an_answer_of_any_status_comes_back(web):
    answer = outbound().get(f"http://books.example:{web.port}/gone")
    assert (answer.status, answer.ok, answer.body) == (404, False, b"no")


@pytest.mark.parametrize(
    "reply", [b"", b"SSH-2.0-OpenSSH_9\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nx"]
)
def test_what_is_no_whole_answer_is_told_as_that(reply):
    with replying(reply) as port, pytest.raises(Unavailable) as told:
        outbound().get(f"http://books.example:{port}/")
    assert told.value.code == "fetch_failed" and "object at" not in str(told.value)


def test_where_nobody_listens_and_what_nobody_is_called_is_told():
    with pytest.raises(Unavailable, match="nobody answers there"):
        outbound().get(f"http://books.example:{free_port()}/")

    def unknown(*_):
        raise OSError("Name or service not known")

    with pytest.raises(Unavailable, match=r"No machine is called books\.example"):
        outbound(unknown).get("http://books.example/")


def test_tls_asks_for_the_name_and_not_for_the_address(tmp_path):
    authority = Authority(tmp_path, "campus")
    authority.ensure(["books.example"])
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    with replying(reply, server_context(authority)) as port:
        address = f"https://books.example:{port}/page"
        assert outbound(ca_file=authority.root).get(address).body == b"ok"
        with pytest.raises(Unavailable, match="not to be trusted"):
            outbound().get(address)
        other = outbound(inside=["other.example"], ca_file=authority.root)
        with pytest.raises(Unavailable, match="not to be trusted"):
            other.get(f"https://other.example:{port}/page")
