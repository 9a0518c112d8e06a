"""Kill -9 at named points, in both bodies: after the restart every effect is there once, or not at all."""

import os
import sys
from pathlib import Path

import pytest
import requests
from tests.faults.brokerside import Peer
from tests.faults.load import counted_in, titles_in

from azora.cli.campus import campus_settings, operator_token
from azora.testing.campus import CampusProcess

ROOT = Path(__file__).parents[2]
SETTLED = 15.0
"""Seconds after which nothing may be left of a death."""

NOTHING_STORED = "event-written-not-committed"
POINTS = [
    NOTHING_STORED,
    "committed-not-relayed",
    "published-not-removed",
    "handling-before-its-transaction",
    "handling-inside-its-transaction",
    "handled-not-acknowledged",
]


class DoomedCampus(CampusProcess):
    """A campus whose processes kill themselves where they are told to: see `tests.faults.doomed`."""

    def order(self, point):
        (self.directory / "orders" / point).touch()

    def obeyed(self, point):
        return not (self.directory / "orders" / point).exists()

    def revive(self):
        """Start it again where it was one process; a supervisor has done so by itself."""
        if self.body == "embedded":
            self.process.wait(10)
            self.start()
        self.eventually(self.answers, SETTLED)

    def command(self):
        (self.directory / "orders").mkdir(exist_ok=True)
        return [sys.executable, "-m", "tests.faults.doomed", *super().command()[3:]]

    def environment(self):
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        orders = str(self.directory / "orders")
        return super().environment() | {"PYTHONPATH": path, "KILL_ORDERS": orders}


@pytest.fixture(scope="module", params=["embedded", "distributed"])
def campus(request):
    servers = {}
    if request.param == "distributed":
        servers["broker"] = request.getfixturevalue("rabbitmq").new_vhost()
        servers["database"] = request.getfixturevalue("postgresql").new_database()
    campus = DoomedCampus(request.param, **servers).start()
    yield campus
    campus.close()


@pytest.fixture(scope="module")
def client(campus):
    return campus.sign_in()


def add(client, title):
    """Whether the campus said that it has stored the resource."""
    resource = {"title": title, "type": "BOOK", "category": title}
    try:
        return client.post("/api/library/resources", json=resource).status_code == 201
    except requests.RequestException:
        return False


over_the_broker = pytest.mark.parametrize("campus", ["distributed"], indirect=True)


@over_the_broker
def test_a_second_death_over_the_same_event_is_made_good_from_its_row(campus, client):
    point = "handling-before-its-transaction"
    campus.order(point)
    add(client, "Twice")
    campus.eventually(lambda: campus.obeyed(point))
    campus.order(point)
    campus.eventually(lambda: campus.obeyed(point), SETTLED)
    campus.revive()
    assert titles_in(campus, "Twice") == ["Twice"]
    campus.eventually(lambda: counted_in(campus, "Twice") == 1, SETTLED)


@pytest.mark.parametrize("point", POINTS)
def test_a_death_there_loses_nothing_and_doubles_nothing(campus, client, point):
    campus.order(point)
    stored = add(client, point)
    campus.eventually(lambda: campus.obeyed(point))
    campus.revive()
    titles = titles_in(campus, point)
    assert titles == ([] if point == NOTHING_STORED else [point])
    assert titles or not stored
    campus.eventually(lambda: counted_in(campus, point) == len(titles), SETTLED)
    assert add(client, point)
    campus.eventually(lambda: counted_in(campus, point) == len(titles) + 1, SETTLED)
    assert campus.azora("events", "parked", "--json").out.strip() in ("[]", "")


@pytest.fixture
def peer(campus):
    with Peer(campus.broker) as peer:
        yield peer


def ask_and_die(campus, peer, target, body, point):
    headers = {"azora-actor": operator_token(campus_settings(str(campus.data_dir)))}
    campus.order(point)
    request = peer.send(target, body, headers)
    campus.eventually(lambda: campus.obeyed(point))
    campus.revive()
    assert peer.ask("library.list_categories")["error"] is None
    campus.eventually(lambda: peer.waiting_in("rpc-library") == 0)
    return request


@over_the_broker
@pytest.mark.parametrize(("point", "effects"), [("write-begun", 0), ("write-not-answered", 1)])
def test_a_write_that_was_begun_is_never_run_again(campus, peer, point, effects):
    body = (
        f'{{"args": [], "kwargs": {{"title": "{point}", "type": "BOOK", "category": "{point}"}}}}'
    )
    ask_and_die(campus, peer, "library.add_resource", body.encode(), point)
    assert titles_in(campus, point) == [point] * effects


@over_the_broker
def test_a_read_that_was_begun_is_answered_by_the_next_process(campus, peer):
    body = b'{"args": [], "kwargs": {}}'
    request = ask_and_die(campus, peer, "library.list_types", body, "read-begun")
    assert peer.answer_to(request)["error"] is None
