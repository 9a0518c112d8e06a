"""Two processes of one plugin, with duplicates, shuffles, poison and a death: each event counts once."""

import random
import re

import amqp
import pytest
from tests.faults.brokerside import Peer
from tests.faults.load import Writers, counted_in, titles_in, wait_for

pytestmark = pytest.mark.needs("rabbitmq", "postgresql")

SEED = 20261123
UNLIMITED = {"AZORA_HTTP_RATE_LIMIT_SIGNED_IN": "100000", "AZORA_HTTP_RATE_LIMIT": "100000"}
QUEUE = "evt-library-resource_added--library.count_added"
POISON = [b"", b"\xff\xfe", b"{}", b'{"id": {}}', b'{"category": 5}', b"[" * 50_000]


@pytest.fixture
def campus(new_campus):
    return new_campus("distributed", environment=UNLIMITED)


@pytest.fixture
def replica(new_campus, campus):
    """A second process of the library, on the same broker, database and keys."""
    where = {
        "AZORA_BROKER_URL": campus.broker,
        "AZORA_DATABASE_URL": campus.database,
        "AZORA_KEYS_DIR": str(campus.data_dir / "keys"),
    }
    return new_campus(command=("run", "library"), environment=where)


class Noise:
    """Hears every event that is told, and tells them again: twice each, shuffled, with poison between."""

    def __init__(self, peer):
        self._peer = peer
        self._heard = []
        queue = peer.channel.queue_declare("", exclusive=True).queue
        peer.channel.queue_bind(queue, "library.events", "resource_added")
        peer.channel.basic_consume(queue, no_ack=True, callback=self._heard.append)

    def repeat(self, chance):
        self._peer.listen(0.2)
        again = self._heard * 2 + [self._poison(n, data) for n, data in enumerate(POISON)]
        chance.shuffle(again)
        self._heard.clear()
        for message in again:
            copy = amqp.Message(message.body, application_headers=message.headers, delivery_mode=2)
            self._peer.channel.basic_publish(copy, "library.events", "resource_added")
        self._peer.listen(0.2)
        self._heard.clear()
        return len(again)

    def _poison(self, number, data):
        attributes = {"id": f"poison {number}", "source": "library", "partitionkey": "p"}
        attributes |= {"type": "library.resource_added", "time": "2026-01-01T00:00:00Z"}
        headers = {f"cloudEvents:{name}": value for name, value in attributes.items()}
        return amqp.Message(data, application_headers=headers)


def test_two_replicas_with_duplicates_shuffles_poison_and_a_death_count_each_event_once(
    campus, replica
):
    chance = random.Random(SEED)
    with Peer(campus.broker) as peer:
        noise = Noise(peer)
        with Writers(campus) as writers:
            for _ in range(3):
                wait_for(writers, 15)
                assert noise.repeat(chance) > len(POISON)
            assert handled_by(replica) > 0
            replica.kill()
            wait_for(writers, 15)
            noise.repeat(chance)
        titles = titles_in(campus, writers.mark)
        assert sorted(titles) == sorted(set(titles)) and set(writers.stored) <= set(titles)
        campus.eventually(lambda: counted_in(campus, writers.mark) >= len(titles), 15)
        campus.eventually(lambda: peer.waiting_in(QUEUE) == 0, 15)
    campus.call("library.add_resource", title="Last", type="BOOK", category=writers.mark)
    campus.eventually(lambda: counted_in(campus, writers.mark) > len(titles), 15)
    assert counted_in(campus, writers.mark) == len(titles) + 1


def handled_by(process):
    """How many events a process has handled well, by its own metrics."""
    lines = process.http.get("/metrics").text.splitlines()
    handled = [line for line in lines if "count_added" in line and re.search(r"_total\{", line)]
    return sum(float(line.rpartition(" ")[2]) for line in handled)
