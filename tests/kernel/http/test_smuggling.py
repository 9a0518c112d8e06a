"""Where a request ends is never in doubt: malformed ones are refused, and nothing behind them is run."""

import re
import socket
from contextlib import suppress
from itertools import pairwise

import eventlet
import httptools
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kernel.hosting import running
from tests.kernel.http.corpus import JSON, SAY, SMUGGLED, cases, chunked, get, post
from tests.kernel.http.gateway_plugin import Notebook, notes_plugin
from tests.kernel.http.identity_plugin import identity_plugin
from tests.kernel.http.wire import Wire, read_all

from azora.http import Gateway
from azora.http.incoming import Assembler
from azora.http.settings import HttpSettings

CASES = cases()
AUTHOR = b"Authorization: Bearer azt_author\r\n"


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One gateway for the whole corpus: what a case left behind would show in the next."""
    limits = {"rate_limit": 0, "rate_limit_signed_in": 0}
    folder = tmp_path_factory.mktemp("corpus")
    with running(folder, notes_plugin(), identity_plugin(), http=limits) as runtime:
        gateway = Gateway(runtime)
        yield Wire(gateway, gateway.listen("127.0.0.1:0").address)
        gateway.stop(grace=1.0)


def exchange(wire, *pieces):
    """All that comes back; the server has read each piece before the next is sent."""
    with wire.connect() as peer:
        with suppress(OSError):
            for piece in pieces:
                peer.sendall(piece)
                eventlet.sleep(0)
            peer.shutdown(socket.SHUT_WR)
        peer.settimeout(5)
        return read_all(peer)


def statuses(received):
    found = [int(status) for status in re.findall(rb"HTTP/1\.1 (\d+) ", received)]
    return tuple(status for status in found if status != 100)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_is_answered_right_and_nothing_behind_it_is_run(shared, case):
    Notebook.written = 0
    received = exchange(shared, case.sent)
    assert statuses(received) == case.statuses
    assert Notebook.written == 0
    if case.refused:
        assert b"Connection: close\r\n" in received


def test_what_would_be_smuggled_is_a_request_that_would_be_run(shared):
    Notebook.written = 0
    assert statuses(exchange(shared, SMUGGLED)) == (201,)
    assert Notebook.written == 1


@pytest.mark.parametrize("case", CASES[::4], ids=lambda case: case.name)
def test_a_case_that_comes_byte_by_byte_is_answered_the_same(shared, case):
    Notebook.written = 0
    head, rest = case.sent[:600], case.sent[600:]
    pieces = [head[place : place + 1] for place in range(len(head))]
    assert statuses(exchange(shared, *pieces, rest)) == case.statuses
    assert Notebook.written == 0


def understood(pieces):
    """What the assembler makes of bytes that come in these pieces."""
    assembler = Assembler(None, HttpSettings())
    try:
        for piece in pieces:
            if not assembler.upgraded:
                assembler.feed(piece)
    except httptools.HttpParserError:
        assembler.break_off()
    return [
        (one.method, one.url, one.headers, one.complete, b"".join(one.pieces))
        if one.refused is None
        else (one.refused.status, one.refused.code)
        for one in assembler.waiting
    ]


def cut(content, places):
    return [content[begin:end] for begin, end in pairwise([0, *sorted(places), len(content)])]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_means_the_same_wherever_it_is_cut_in_two(case):
    whole = understood([case.sent])
    for place in range(1, len(case.sent)):
        assert understood(cut(case.sent, [place])) == whole, place


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_case_means_the_same_however_it_is_cut(data):
    case = data.draw(st.sampled_from(CASES))
    places = data.draw(st.sets(st.integers(1, len(case.sent) - 1), max_size=40))
    assert understood(cut(case.sent, places)) == understood([case.sent])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=40), max_size=6), st.data())
def test_a_chunked_body_is_put_together_whatever_the_chunks_and_the_cuts(pieces, data):
    body = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    sent = chunked(body + b"0\r\n\r\n") + get()
    places = data.draw(st.sets(st.integers(1, len(sent) - 1), max_size=40))
    first, second = understood(cut(sent, places))
    assert first[3:] == (True, b"".join(pieces))
    assert second[:2] == ("GET", b"/healthz")


def test_a_trailer_cannot_be_a_header(shared):
    note = b'f\r\n{"title":"got"}\r\n0\r\n'
    head = post(JSON + b"Transfer-Encoding: chunked\r\n").replace(b"/echo", b"/notes")
    Notebook.written = 0
    assert statuses(exchange(shared, head + note + AUTHOR + b"\r\n")) == (401,)
    assert statuses(exchange(shared, head, note + AUTHOR + b"\r\n")) == (401,)
    assert Notebook.written == 0


@pytest.mark.parametrize("framing", [b"Content-Length: 15\r\n", b"Transfer-Encoding: chunked\r\n"])
def test_a_request_whose_client_leaves_within_its_body_is_not_run(shared, framing):
    head = post(JSON + AUTHOR + framing).replace(b"/echo", b"/notes")
    body = b'{"title":"got"' if b"Length" in framing else b'f\r\n{"title":"got"}\r\n0\r\n'
    Notebook.written = 0
    exchange(shared, head + body)
    exchange(shared, head, body)
    assert Notebook.written == 0


def test_endless_words_about_a_chunk_are_not_listened_to(shared):
    head = post(JSON + b"Transfer-Encoding: chunked\r\n")
    received = exchange(shared, head, b"c;", b"a" * 500_000, b"\r\n" + SAY + b"\r\n0\r\n\r\n")
    assert statuses(received) == (400,)


def test_many_small_chunks_are_a_body(shared):
    body = b'{"say":"' + b"a" * 50_000 + b'"}'
    pieces = b"".join(b"1\r\n%c\r\n" % letter for letter in body)
    head = post(JSON + b"Transfer-Encoding: chunked\r\n")
    assert statuses(exchange(shared, head, pieces + b"0\r\n\r\n")) == (201,)


def test_nothing_is_answered_behind_a_request_that_was_refused(shared):
    Notebook.written = 0
    bad = get(headers=b"X : 1\r\n")
    assert statuses(exchange(shared, get() + bad + SMUGGLED + SMUGGLED)) == (200, 400)
    assert statuses(exchange(shared, get(), bad, SMUGGLED, SMUGGLED)) == (200, 400)
    assert Notebook.written == 0


def test_a_body_in_the_old_protocol_is_not_waited_for_with_a_promise(shared):
    head = b"POST /api/notes/echo HTTP/1.0\r\n" + JSON + b"Expect: 100-continue\r\n"
    received = exchange(shared, head + b"Content-Length: 12\r\n\r\n", SAY)
    assert b"100 Continue" not in received
    assert statuses(received) == (201,)
