"""A campus that is backed up while people write comes back at one moment: nothing lost, nothing twice.

The library counts its categories from events. However the moment falls between an outbox, a broker and
an inbox, a restored campus must come to exactly as many in each category as there are books in it.
"""

import json
import threading
from collections import Counter

import pytest
from kombu import Connection

from azora.testing.campus import BODIES, CampusProcess

WRITERS = 3


@pytest.fixture(params=BODIES)
def body(request):
    return request.param


@pytest.fixture
def running(body, new_campus, tmp_path):
    environment = {
        "AZORA_BACKUP_TO": str(tmp_path / "backups"),
        "AZORA_BACKUP_KEY_FILE": str(tmp_path / "my.key"),
        "AZORA_BACKUP_HOLD": "1",
        "AZORA_HTTP_RATE_LIMIT_SIGNED_IN": "100000",
    }
    return new_campus(body, environment=environment, options=("--empty",))


@pytest.fixture
def restored(body, running, request):
    """A campus that is not started yet, to restore into."""
    given = {}
    if body == "distributed":
        given["broker"] = request.getfixturevalue("rabbitmq").new_vhost()
        given["database"] = request.getfixturevalue("postgresql").new_database()
    campus = CampusProcess(body, environment=running._given, options=("--empty",), **given)
    yield campus
    campus.close()


class Writers:
    """People who add books until they are told to stop."""

    def __init__(self, campus):
        self._stop = threading.Event()
        self.added = Counter()
        self._threads = [
            threading.Thread(target=self._write, args=(campus, number)) for number in range(WRITERS)
        ]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _write(self, campus, number):
        client = campus.as_account("library.manage", name=f"Writer {number}")
        while not self._stop.is_set():
            book = {"title": f"Book {number}", "type": "BOOK", "category": f"shelf {number}"}
            if client.post("/api/library/resources", json=book).status_code == 201:
                self.added[f"shelf {number}"] += 1


def database_option(campus):
    return ("--database", campus.database) if campus.database else ()


def counted(campus):
    items = campus.call("library.list_categories")["items"]
    return {item["name"]: item["resources"] for item in items}


def on_the_shelves(campus):
    """The books there are, by category: from the rows, not from what was counted."""
    found, cursor = Counter(), None
    while True:
        page = campus.call("library.list_resources", limit=100, cursor=cursor)
        found.update(card["category"] for card in page["items"])
        cursor = page["next"]
        if cursor is None:
            return dict(found)


def test_what_is_counted_is_what_is_there(running, restored):
    with Writers(running) as writers:
        for books in (10, 60):
            running.eventually(lambda enough=books: writers.added.total() > enough, 30)
            done = running.azora("backup", *database_option(running), "--json")
            assert done.code == 0, done.err
            made = json.loads(done.out)
    back = restored.azora("restore", made["id"], *database_option(restored), "--json")
    assert back.code == 0, back.err
    restored.start()
    shelves = on_the_shelves(restored)
    assert 0 < sum(shelves.values()) <= writers.added.total()
    restored.eventually(lambda: counted(restored) == shelves, 60)
    assert restored.azora("events", "parked", "--json").out.strip() == "[]"
    assert running.call("library.list_categories")["items"]


def test_events_that_nobody_takes_from_a_queue_are_told_of(new_campus, tmp_path):
    environment = {
        "AZORA_BACKUP_TO": str(tmp_path / "backups"),
        "AZORA_BACKUP_KEY_FILE": str(tmp_path / "my.key"),
        "AZORA_BACKUP_HOLD": "0",
    }
    campus = new_campus("distributed", environment=environment, options=("--empty",))
    campus.stop()
    with Connection(campus.broker) as broker:
        broker.Producer().publish({}, exchange="library.events", routing_key="resource_added")
    done = campus.azora("backup", "--json")
    assert json.loads(done.out)["queued_events"] >= 1
