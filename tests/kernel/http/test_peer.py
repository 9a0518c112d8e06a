"""A client that the hub knows from one wait to the next: each wait keeps its own time, and nothing stays behind."""

import socket
import time

import eventlet
import pytest
from eventlet.greenio import GreenSocket
from eventlet.hubs import get_hub

from azora.http.peer import Peer


@pytest.fixture
def pair():
    """A peer, and the client at the other end."""
    ours, theirs = socket.socketpair()
    green = ours if isinstance(ours, GreenSocket) else GreenSocket(ours)
    peer = Peer(green)
    yield peer, theirs
    peer.close()
    theirs.close()


def known(number):
    return number in get_hub().listeners["read"]


def test_a_later_wait_is_not_cut_short_by_the_time_of_an_earlier_one(pair):
    peer, client = pair
    for seconds, says_after in ((0.2, 0.0), (0.6, 0.3)):
        peer.settimeout(seconds)
        eventlet.spawn_after(says_after, client.sendall, b"here")
        assert peer.recv(100) == b"here"


def test_a_shorter_wait_behind_a_longer_one_keeps_its_own_time(pair):
    peer, client = pair
    peer.settimeout(30)
    client.sendall(b"here")
    assert peer.recv(100) == b"here"
    peer.settimeout(0.05)
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        peer.recv(100)
    assert 0.05 <= time.monotonic() - began < 5


def test_what_is_said_while_nobody_waits_is_there_for_the_next_who_does(pair):
    peer, client = pair
    peer.settimeout(5)
    client.sendall(b"one")
    assert peer.recv(100) == b"one"
    client.sendall(b"two")
    eventlet.sleep(0.01)
    assert not known(peer.fileno())
    assert peer.recv(100) == b"two"


def test_more_than_is_taken_at_once_comes_piece_by_piece(pair):
    peer, client = pair
    peer.settimeout(5)
    client.sendall(b"0123456789" * 10)
    client.close()
    pieces = list(iter(lambda: peer.recv(3), b""))
    assert b"".join(pieces) == b"0123456789" * 10


def test_one_who_is_interrupted_can_wait_again(pair):
    peer, client = pair
    peer.settimeout(5)
    with eventlet.Timeout(0.02, False):
        peer.recv(100)
    client.sendall(b"here")
    assert peer.recv(100) == b"here"


def test_a_client_that_is_closed_is_forgotten(pair):
    peer, client = pair
    peer.settimeout(5)
    client.sendall(b"here")
    peer.recv(100)
    number = peer.fileno()
    assert known(number)
    peer.close()
    assert not known(number)


def test_a_client_that_takes_nothing_is_given_up(pair):
    peer, _ = pair
    peer.settimeout(0.05)
    with pytest.raises(TimeoutError):
        peer.sendall(b"x" * 10_000_000)


def test_a_client_that_leaves_is_noticed(pair):
    peer, client = pair
    client.close()
    peer.wait()
    assert peer.left()
    assert peer.recv(100) == b""
