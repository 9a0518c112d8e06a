"""Envelopes as CloudEvents over AMQP."""

import pytest

from azora.errors import Invalid
from azora.events.envelope import Envelope


def test_headers_bring_the_whole_envelope_back():
    sent = Envelope(
        "1", "library", "library.added", 2, 1_700_000_000.25, "k", b"{}", "00-a-b-01", "0"
    )
    assert Envelope.from_headers(sent.to_headers(), b"{}") == sent


def test_the_attributes_are_those_of_cloudevents_1_0_in_binary_mode():
    headers = Envelope("1", "library", "library.added", 1, 0.0, None, b"{}").to_headers()
    assert headers == {
        "cloudEvents:specversion": "1.0",
        "cloudEvents:id": "1",
        "cloudEvents:source": "library",
        "cloudEvents:type": "library.added",
        "cloudEvents:time": "1970-01-01T00:00:00Z",
        "cloudEvents:datacontenttype": "application/json",
        "cloudEvents:dataversion": "1",
    }


@pytest.mark.parametrize(
    "headers",
    [{}, {"cloudEvents:id": "1"}, {"cloudEvents:time": 5}, {"id": "1", "source": "s", "type": "t"}],
)
def test_a_message_that_is_no_cloudevent_is_invalid(headers):
    with pytest.raises(Invalid) as refused:
        Envelope.from_headers(headers, b"{}")
    assert refused.value.code == "not_an_event"
