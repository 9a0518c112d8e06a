"""Handlers that raise, hang or cannot read their event: parked in the end, and the others go on."""

import json

import eventlet
import peewee
import pytest
from tests.faults.brokerside import Peer
from tests.kernel.hosting import make_plugin, running

from azora import Event, Reply, Request, Service, Table, on_event, operation
from azora.testing.servers import wait_until

ATTEMPTS = 2


class Tell(Request):
    word: str


class Told(Event):
    key_field = "key"

    word: str
    key: str = "k"


class Heard(Table):
    word = peewee.TextField()

    class Meta:
        personal = ()
        retention = "for the length of a test"


class Nothing(Reply):
    pass


class Speaker(Service):
    @operation("POST /tell", public=True)
    def tell(self, request: Tell) -> Nothing:
        self.emit(Told(word=request.word))
        return Nothing()

    @on_event("speaker.told", attempts=ATTEMPTS, timeout=0.5)
    def hear(self, event: Told) -> None:
        if event.word == "raise":
            raise ValueError("a word that the database takes in no text: \0 \ud800")
        if event.word == "hang":
            eventlet.sleep(600)
        with self.transaction():
            Heard.create(word=event.word)
            if event.word == "hang inside":
                eventlet.sleep(600)


@pytest.fixture(params=["embedded", "distributed"])
def runtime(request, tmp_path):
    given = {}
    if request.param == "distributed":
        given["broker_url"] = request.getfixturevalue("rabbitmq").new_vhost()
        given["database_url"] = request.getfixturevalue("postgresql").new_database()
    speaker = make_plugin("speaker", services=[Speaker], events=[Told], tables=[Heard])
    with running(tmp_path, speaker, **given) as runtime:
        make_table(runtime)
        yield runtime


def make_table(runtime):
    database = runtime.hosted["speaker"].database
    with database.altering():
        database.peewee.create_tables([Heard])


def test_the_good_ones_go_on_and_the_others_are_parked(runtime):
    hosted = runtime.hosted["speaker"]
    bad = ["raise", "hang", "hang inside"]
    for word in ["one", *bad, "two"]:
        runtime.call("speaker.tell", {"word": word})
    heard = lambda: sorted(row.word for row in Heard.select())  # noqa: E731
    wait_until(lambda: heard() == ["one", "two"], 10)
    wait_until(lambda: len(hosted.consumer.parked()) == len(bad), 15)
    assert heard() == ["one", "two"]
    reasons = {each.data.decode(): each for each in hosted.consumer.parked()}
    assert all(each.attempts == ATTEMPTS for each in reasons.values())
    errors = sorted(each.error.partition(":")[0] for each in reasons.values())
    assert errors == ["DeadlineExceeded", "DeadlineExceeded", "ValueError"]
    runtime.call("speaker.tell", {"word": "three"})
    wait_until(lambda: "three" in heard(), 10)


@pytest.mark.parametrize("runtime", ["distributed"], indirect=True)
def test_an_event_that_the_database_refuses_is_set_aside_and_the_others_go_on(runtime, monkeypatch):
    monkeypatch.setattr("azora.rpc.events.REFUSALS", 3)
    database = runtime.hosted["speaker"].database
    with database.altering():
        database.execute(
            "ALTER TABLE azora_inbox ADD CHECK (data IS NULL OR position('raise'::bytea in data) = 0)"
        )
    for word in ["one", "raise", "two"]:
        runtime.call("speaker.tell", {"word": word})
    wait_until(lambda: sorted(row.word for row in Heard.select()) == ["one", "two"], 20)
    with Peer(runtime.settings.broker_url) as peer:
        dead = wait_until(lambda: peer.channel.basic_get("azora.dead", no_ack=True), 20)
    assert json.loads(dead.body) == {"word": "raise", "key": "k"}
    assert dead.headers["cloudEvents:type"] == "speaker.told"
    assert runtime.hosted["speaker"].consumer.parked() == []
