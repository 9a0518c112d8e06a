"""Whatever bytes arrive as request, reply or headers become a value or a typed error, nothing else."""

from types import SimpleNamespace

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from azora import Plugin, Service, operation
from azora.context import Context
from azora.contract import operations_of
from azora.dispatch import BoundOperation
from azora.errors import WIRE_ERRORS, AzoraError, Invalid, RequestError, ServiceError
from azora.events.envelope import Envelope
from azora.messages import Request
from azora.rpc.answering import request_in
from azora.rpc.connection import decoded
from azora.rpc.faults import deserialize, serialize
from azora.rpc.wire import result_in

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("exc_type", "exc_path", "exc_args", "value", "azora", "code", "fields", "sent")
FAULTS = st.dictionaries(st.sampled_from(FIELDS), JSON | st.sampled_from([*WIRE_ERRORS, {}]))
SURROGATES = st.text(st.characters(categories=["Cs", "Lu", "Cc"]))


class Greet(Request):
    name: str
    times: int = 1


class Hello(Service):
    @operation("POST /greetings", public=True, concurrency=1)
    def greet(self, request: Greet) -> None:
        """Greet somebody"""


GREET = BoundOperation(
    next(operations_of(Hello))[1], SimpleNamespace(name="hello", plugin=Plugin("hello", "Greets"))
)


@given(JSON | FAULTS)
@example({"exc_type": "Invalid", "azora": {"fields": [1, {}], "code": 5, "more": 1}})
def test_every_fault_is_read_as_a_typed_error(fault):
    error = deserialize(fault)
    assert isinstance(error, AzoraError)
    assert isinstance(error.code, str) and isinstance(error.fields, list)
    orjson.dumps(serialize(error))


@given(st.sampled_from(list(WIRE_ERRORS.values())), st.text(), st.text(min_size=1))
def test_an_error_comes_out_as_it_went_in(kind, detail, code):
    came = deserialize(orjson.loads(orjson.dumps(serialize(kind(detail, code=code)))))
    assert (type(came), came.detail, came.code) == (kind, detail, code)


@given(SURROGATES)
def test_an_error_with_words_that_are_no_unicode_can_be_sent(words):
    for error in (ServiceError(words), ValueError(words), Invalid(words)):
        orjson.dumps(serialize(error))


@given(st.binary() | JSON.map(orjson.dumps))
@example(b'{"args":[],"kwargs":')
@example(b'{"args":[],"kwargs":{}}}')
def test_every_body_is_a_request_or_refused(body):
    try:
        assert isinstance(request_in(GREET, body), Greet)
    except RequestError:
        pass


@given(JSON, JSON)
def test_every_call_is_a_request_or_refused(arguments, keywords):
    try:
        request = request_in(GREET, orjson.dumps({"args": arguments, "kwargs": keywords}))
    except RequestError:
        return
    assert isinstance(request, Greet)


@given(st.binary() | JSON.map(orjson.dumps))
def test_every_reply_is_a_result_or_a_typed_error(body):
    try:
        orjson.loads(result_in(body))
    except AzoraError:
        pass


NAMES = ["azora-actor", "azora-deadline", "azora-chain", "traceparent", "azora-idempotency-key"]
HEADERS = st.dictionaries(st.sampled_from(NAMES) | st.text() | st.binary(), JSON | st.binary())


@given(HEADERS)
@example({"azora-deadline": "nan"})
def test_every_set_of_headers_makes_a_context(headers):
    context = Context.from_headers(None, decoded(headers))
    assert context.deadline is None or abs(context.deadline) < float("inf")
    assert len(context.trace_id) == 32


ATTRIBUTES = st.sampled_from(["id", "source", "type", "time", "dataversion", "partitionkey"])


@given(st.dictionaries(ATTRIBUTES.map("cloudEvents:".__add__), JSON | st.text()), st.binary())
def test_every_set_of_attributes_is_an_event_or_none(headers, data):
    try:
        envelope = Envelope.from_headers(decoded(headers), data)
    except Invalid as error:
        assert error.code == "not_an_event"
    else:
        assert "\0" not in envelope.id


@pytest.mark.parametrize("attribute", ["id", "partitionkey", "cause"])
def test_an_attribute_that_could_not_be_stored_makes_no_event(attribute):
    good = Envelope("1", "s", "s.t", 1, 0.0, None, b"{}").to_headers()
    for value in ("a\0b", "x" * 1001):
        with pytest.raises(Invalid):
            Envelope.from_headers(good | {f"cloudEvents:{attribute}": value}, b"{}")
