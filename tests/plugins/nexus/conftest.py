"""One campus in each body for all tests of nexus, what is told on it, and the day on which its power went."""

import secrets

import pytest
from tests.plugins.nexus.guests import COUNTER, SCHOOL, Guests
from tests.plugins.nexus.receiver import Receiver

from azora.testing.campus import BODIES, start_campus

SETTINGS = {
    "AZORA_OUTBOUND_INSIDE": "127.0.0.0/8",
    "AZORA_NEXUS_WEBHOOK_FIRST_PAUSE": "0.02",
    "AZORA_NEXUS_WEBHOOK_ATTEMPTS": "2",
    "AZORA_NEXUS_WEBHOOK_TIMEOUT": "3",
    "AZORA_NEXUS_KEEP_DAYS": "school.rang=0",
}


@pytest.fixture(scope="session", params=BODIES)
def campus(request, tmp_path_factory):
    """A campus that tests share, so each brings its own data; `campus.guests` are its further plugins."""
    guests = Guests(tmp_path_factory.mktemp("guests"))
    guests.install("school", SCHOOL)
    campus = start_campus(
        request.param,
        lambda: request.getfixturevalue("rabbitmq"),
        lambda: request.getfixturevalue("postgresql"),
        environment=SETTINGS | {"PYTHONPATH": str(guests.folder)},
        options=("--empty",),
    )
    campus.guests = guests
    yield campus
    campus.close()


class PowerCut:
    """What was on its way when the power went: resources just added, and a webhook that had failed once."""

    def __init__(self, campus):
        self.receiver = Receiver()
        self.receiver.answers = [500]
        asked = {"name": secrets.token_hex(6), "address": self.receiver.address}
        self.webhook = campus.call(
            "nexus.add_subscription", type="library.resource_added", **asked
        )["id"]
        self.added = [add(campus, f"Book {n}")["id"] for n in range(20)]


@pytest.fixture(scope="session")
def power_cut(campus):
    """The campus was killed; before it came back, the counter was installed."""
    cut = PowerCut(campus)
    campus.kill()
    campus.guests.install("counter", COUNTER)
    campus.start()
    yield cut
    campus.call("nexus.remove_subscription", id=cut.webhook)
    cut.receiver.close()


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def subscribe(campus, receiver):
    """`subscribe(type=…)`: a webhook to the receiver, removed at the end of the test."""
    made = []

    def subscribe(**asked):
        asked = {"name": secrets.token_hex(6), "address": receiver.address, **asked}
        made.append(campus.call("nexus.add_subscription", **asked))
        return made[-1]

    yield subscribe
    for one in made:
        campus.call("nexus.remove_subscription", id=one["id"])


@pytest.fixture
def title():
    return f"A book named {secrets.token_hex(4)}"


def add(campus, title="A book"):
    """A new resource."""
    return campus.call("library.add_resource", title=title, type="BOOK")


def event_of(campus, key, kind="library.resource_added"):
    """The event of this kind that tells of this key, as soon as it is in the index."""

    def find():
        found = campus.call("nexus.list_events", type=kind, key=key)["items"]
        return found and found[0]

    return campus.eventually(find)


def add_told(campus, title="A book"):
    """A new resource and its event, once that is in the index of the log."""
    added = add(campus, title)
    return added, event_of(campus, added["id"])
