"""An event that could never be sent is refused when it is told, so that it holds up no other."""

import pytest
from tests.kernel.hosting import make_plugin, running

from azora import Event, Invalid, Reply, Request, Service, on_event, operation
from azora.testing.servers import wait_until

LIMIT = 2000


class Tell(Request):
    text: str = ""
    key: str = "k"


class Told(Event):
    key_field = "key"

    text: str
    key: str


class Nothing(Reply):
    pass


class Speaker(Service):
    heard: list[int] = []

    @operation("POST /tell", public=True)
    def tell(self, request: Tell) -> Nothing:
        self.emit(Told(text=request.text, key=request.key))
        return Nothing()

    @on_event("speaker.told")
    def hear(self, event: Told) -> None:
        self.heard.append(len(event.text))


@pytest.fixture
def runtime(tmp_path):
    Speaker.heard.clear()
    speaker = make_plugin("speaker", services=[Speaker], events=[Told])
    with running(tmp_path, speaker, max_event=LIMIT) as runtime:
        yield runtime


def test_an_event_beyond_the_limit_is_refused_and_the_next_goes_through(runtime):
    with pytest.raises(Invalid) as refusal:
        runtime.call("speaker.tell", {"text": "x" * LIMIT})
    assert refusal.value.code == "event_too_large"
    assert "2000" in refusal.value.detail
    runtime.call("speaker.tell", {"text": "x" * 1900})
    wait_until(lambda: Speaker.heard == [1900])


@pytest.mark.parametrize("key", ["x" * 1001, "a\0b"])
def test_a_key_that_could_not_travel_is_refused(runtime, key):
    with pytest.raises(Invalid) as refusal:
        runtime.call("speaker.tell", {"key": key})
    assert refusal.value.code == "event_key_invalid"


def test_a_batch_of_large_events_is_sent_in_pieces(runtime, monkeypatch):
    monkeypatch.setattr("azora.events.relay.BATCH_BYTES", 3000)
    sizes = list(range(1000, 1010))
    with runtime.hosted["speaker"].transaction():
        for size in sizes:
            runtime.hosted["speaker"].emit(Told(text="x" * size, key="k"))
    wait_until(lambda: sorted(Speaker.heard) == sizes)
