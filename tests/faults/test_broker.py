"""A broker that blocks publishers, or is killed: calls fail clearly, events wait, and all recovers."""

import time

import pytest
from tests.faults.brokerside import Peer
from tests.faults.load import Writers, counted_in, titles_in, wait_for

from azora.testing.campus import CampusProcess
from azora.testing.rabbitmq import RabbitMQ

pytestmark = pytest.mark.needs("rabbitmq", "postgresql")

UNLIMITED = {"AZORA_HTTP_RATE_LIMIT_SIGNED_IN": "100000", "AZORA_HTTP_RATE_LIMIT": "100000"}
OLD_ENOUGH = 12.0
"""RabbitMQ 3.10 that is killed within seconds of a quorum queue's declaration never serves it again."""


@pytest.fixture(scope="module")
def broker():
    server = RabbitMQ().start()
    yield server
    server.close()


@pytest.fixture(scope="module")
def campus(broker, postgresql):
    campus = CampusProcess(
        "distributed",
        broker=broker.new_vhost(),
        database=postgresql.new_database(),
        environment=UNLIMITED,
    ).start()
    campus.began = time.monotonic()
    yield campus
    campus.close()


@pytest.fixture
def memory_alarm(broker):
    """Switches the alarm on; it is off at the end whatever happens."""
    limit = ("set_vm_memory_high_watermark", "absolute")
    yield lambda on: broker.control(*limit, "1MB" if on else "512MB")
    broker.control(*limit, "512MB")


def add(campus, mark):
    campus.call("library.add_resource", title=mark, type="BOOK", category=mark)


def test_a_broker_that_blocks_publishers_is_named_and_waited_for(campus, memory_alarm):
    client = campus.sign_in()
    memory_alarm(True)
    campus.eventually(lambda: "blocks publishers" in campus.http.get("/readyz").text, 20)
    add(campus, "Blocked")
    assert titles_in(campus, "Blocked") == ["Blocked"]
    began = time.monotonic()
    asked = client.post("/api/library/resources", json={"title": "x", "type": "BOOK"})
    assert (asked.status_code, asked.json()["code"]) == (503, "broker_unavailable"), asked.text
    assert time.monotonic() - began < 5
    assert counted_in(campus, "Blocked") == 0
    memory_alarm(False)
    campus.eventually(lambda: counted_in(campus, "Blocked") == 1, 15)
    campus.eventually(campus.answers, 15)
    assert client.post("/api/library/resources", json={"title": "x", "type": "BOOK"}).ok


def test_a_broker_killed_under_load_loses_no_event(campus, broker):
    with Writers(campus) as writers:
        wait_for(writers, 20)
        campus.eventually(lambda: time.monotonic() - campus.began > OLD_ENOUGH, OLD_ENOUGH + 1)
        broker.kill()
        add(campus, "While it is away")
        broker.start()
        campus.eventually(campus.answers, 40)
        wait_for(writers, 20)
    titles = titles_in(campus, writers.mark)
    assert set(writers.stored) <= set(titles)
    campus.eventually(lambda: counted_in(campus, writers.mark) == len(titles), 20)
    campus.eventually(lambda: counted_in(campus, "While it is away") == 1, 15)
    with Peer(campus.broker) as peer:
        assert peer.ask("library.search")["error"] is None
