"""What anybody may put on the broker: each request gets one typed answer, and the consumer lives."""

import time

import amqp
import pytest
from tests.faults.brokerside import Peer

pytestmark = pytest.mark.needs("rabbitmq", "postgresql")

OURS = b'{"args":[],"kwargs":'
SEARCH = "library.search"


@pytest.fixture(scope="module")
def campus(new_module_campus):
    return new_module_campus("distributed")


@pytest.fixture(scope="module")
def peer(campus):
    with Peer(campus.broker) as peer:
        yield peer


@pytest.fixture(autouse=True)
def the_library_still_answers(campus, peer):
    yield
    assert peer.ask(SEARCH)["error"] is None
    campus.eventually(lambda: peer.waiting_in("rpc-library") == 0)
    assert "broker_lost" not in campus.log.read_text(errors="replace")


BODIES = {
    "empty": b"",
    "no JSON": b"{nope",
    "no object": b"[1, 2]",
    "null": b"null",
    "without kwargs": b'{"args": []}',
    "without args": b'{"kwargs": {}}',
    "args of a wrong type": b'{"args": 5, "kwargs": {}}',
    "kwargs of a wrong type": b'{"args": [], "kwargs": []}',
    "no UTF-8": b"\xff\xfe\x00",
    "nested too deep": b"[" * 100_000,
    "half a character": b'{"args": [], "kwargs": {"query": "\\ud800"}}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_that_is_no_call_is_refused(peer, body):
    error = peer.ask(SEARCH, body)["error"]
    assert (error["exc_type"], error["azora"]["code"]) == ("RequestError", "malformed_message")


@pytest.mark.parametrize(
    "keywords",
    [b"", b"{", b"[]", b'"x"', b'{"query": 5}', b'{"limit": "many"}', b'{"query": "\xff"}', b"{}x"],
)
def test_arguments_that_do_not_fit_are_invalid(peer, keywords):
    assert peer.ask(SEARCH, OURS + keywords + b"}")["error"]["exc_type"] == "Invalid"


def test_positional_arguments_are_refused(peer):
    error = peer.ask(SEARCH, b'{"args": [1, 2], "kwargs": {}}')["error"]
    assert error["azora"]["code"] == "incorrect_signature"


def test_a_huge_message_is_refused(peer):
    body = OURS + b'{"query": "' + b"x" * 5_000_000 + b'"}}'
    assert peer.ask(SEARCH, body)["error"]["azora"]["code"] == "message_too_large"


@pytest.mark.parametrize("target", ["library.nothing", "library.", "library.\ud800"])
def test_an_operation_that_nobody_offers_is_not_found(peer, target):
    assert peer.ask(target)["error"]["azora"]["code"] == "operation_not_found"


@pytest.mark.parametrize("target", [SEARCH, "library.add_resource"])
def test_a_request_whose_deadline_has_passed_is_not_run(campus, peer, target):
    error = peer.ask(target, headers={"azora-deadline": f"{time.time() - 1:.3f}"})["error"]
    assert error["exc_type"] == "DeadlineExceeded"


@pytest.mark.parametrize("deadline", ["tomorrow", "nan", "inf", "1e999", b"\xff", "", None, 2**40])
def test_a_deadline_that_is_no_time_is_as_none(peer, deadline):
    assert peer.ask(SEARCH, headers={"azora-deadline": deadline})["error"] is None


FORGED = ["", "x", "x.y.z", "\0", b"\xff\xfe", "e30.e30.e30", "A" * 20_000]


@pytest.mark.parametrize("token", FORGED)
def test_a_forged_actor_changes_nothing(peer, token):
    body = OURS + b'{"title": "Forged", "type": "BOOK"}}'
    error = peer.ask("library.add_resource", body, {"azora-actor": token})["error"]
    assert error["exc_type"] == "NotAuthenticated"


@pytest.mark.parametrize("token", ["azt_forged", "\0", b"\xff"])
def test_a_forged_api_token_is_refused(peer, token):
    error = peer.ask(SEARCH, headers={"nameko.api_token": token})["error"]
    assert (error["exc_type"], error["azora"]["code"]) == ("NotAuthenticated", "token_invalid")


@pytest.mark.parametrize(
    "headers",
    [
        {b"\xff": "x"},
        {"traceparent": b"\xff\x00"},
        {"traceparent": "00-zz-zz-zz"},
        {"azora-chain": ",,,"},
        {"azora-cause": {"a": [1, {"b": b"\xff"}]}},
        {"azora-idempotency-key": "\0"},
    ],
)
def test_headers_that_say_nothing_do_no_harm(peer, headers):
    assert peer.ask(SEARCH, headers=headers)["error"] is None


def test_a_message_that_cannot_be_answered_is_forgotten(peer):
    peer.send(SEARCH, reply_to="")
    peer.send(SEARCH, reply_to="nobody-listens-here")
    peer.send(SEARCH, b"\xff", reply_to=b"\xff\xfe")
    peer.send(SEARCH, correlation_id=b"\xff\xfe")
    for _ in range(70):  # more than are taken at once
        peer.send(b"library.\xff\xfe")


def test_an_event_that_is_none_is_set_aside_and_the_next_ones_count(campus, peer):
    exchange, before = "library.events", campus.call("library.list_categories")
    for headers in ({}, {"cloudEvents:id": "x" * 5000}, {"cloudEvents:id": "a\0b"}, {b"\xff": "x"}):
        for body in (b"", b"{}", b"\xff", b'{"id": 5}', b'{"id": "\\u0000"}'):
            message = amqp.Message(body, application_headers=headers, message_id=b"\xff")
            peer.channel.basic_publish(message, exchange, "resource_added")
    peer.channel.basic_publish(amqp.Message(b"x"), "azora.presence", "")
    peer.channel.basic_publish(amqp.Message(b'{"plugins": 5}'), "azora.presence", "")
    campus.call("library.add_resource", title="After", type="BOOK", category="After the noise")
    campus.eventually(lambda: "After the noise" in str(campus.call("library.list_categories")))
    assert before != campus.call("library.list_categories")
