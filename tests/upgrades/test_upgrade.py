"""Campuses that earlier versions made and whose power went: today's goes on with them, in both bodies."""

import hashlib
import json
from collections import Counter

import pytest
from tests.upgrades import kept
from tests.upgrades.life import RECORDS, titles

from azora.backup.catalog import backups_at
from azora.backup.places import Folder
from azora.testing.campus import BODIES, CampusProcess

BELL = {"PYTHONPATH": str(kept.HERE / "bell")}


class Upgraded(CampusProcess):
    """A kept campus under today's code, and what it was before."""

    def __init__(self, commit, body, **given):
        super().__init__(body, environment=BELL, **given)
        self.commit = commit
        self.facts = kept.facts(commit, body)

    def signed(self, cookies):
        client = self.client()
        client.cookies.update(cookies)
        return client

    def bearing(self, token):
        client = self.client()
        client.headers["Authorization"] = f"Bearer {token}"
        return client


CAMPUSES = [(commit, body) for commit in kept.KEPT for body in BODIES]


def that_knew(fact):
    """Only the campuses whose version had this already."""
    campuses = [campus for campus in CAMPUSES if fact in kept.facts(*campus)]
    return pytest.mark.parametrize(
        "upgraded", campuses, ids="-".join, indirect=True, scope="module"
    )


@pytest.fixture(scope="module", params=CAMPUSES, ids="-".join)
def upgraded(request):
    """Today's campus on a copy of a kept one."""
    commit, body = request.param
    server, given = None, {}
    if body == "distributed":
        server = request.getfixturevalue("postgresql")
        broker = request.getfixturevalue("rabbitmq")
        given = {"broker": broker.new_vhost(), "database": server.new_database()}
    campus = Upgraded(commit, body, **given)
    kept.put(commit, campus, server)
    campus.start()
    yield campus
    campus.close()


def test_every_plugin_runs_and_nothing_is_left_to_migrate(upgraded):
    found = json.loads(upgraded.azora("plugins", "--json").out)
    assert found["refused"] == {}
    assert {"bell", "identity", "library", "web"} <= {one["name"] for one in found["plugins"]}
    assert upgraded.http.get("/readyz").status_code == 200


def test_its_databases_were_backed_up_before(upgraded):
    made = backups_at(Folder(upgraded.data_dir / "before-upgrade"))
    assert len(made) == 1 or (upgraded.commit == "62e07de" and not made)
    assert all({"bell", "identity", "library", "web"} <= set(one.plugins) for one in made)


def test_every_resource_is_there_with_its_file(upgraded):
    before, now = upgraded.facts["titles"], titles(upgraded)
    assert {id: now.get(id) for id in before} == before
    assert len(now) == len(before) + RECORDS
    file = upgraded.facts["file"]
    sent = upgraded.http.get(f"/api/library/resources/{file['resource']}/file")
    assert hashlib.sha256(sent.content).hexdigest() == file["sha256"]


def test_old_and_new_resources_are_found(upgraded):
    for words, expected in (("casting iron", "Casting iron"), ("work 249", "Work 249")):
        found = upgraded.http.get("/api/library/search", params={"query": words}).json()["items"]
        assert expected in [item["title"] for item in found]
    added = upgraded.call("library.add_resource", title="After the upgrade", type="BOOK")
    found = upgraded.http.get("/api/library/search", params={"query": "after upgrade"}).json()
    assert added["id"] in [item["id"] for item in found["items"]]


def test_events_that_were_on_their_way_arrive_once(upgraded):
    def rung():
        return Counter(upgraded.call("bell.list_rung")["resources"])

    expected = set(upgraded.facts["rung"])
    late = {id for id, title in titles(upgraded).items() if title.startswith("Work ")}
    upgraded.eventually(lambda: expected | late <= rung().keys(), 30)
    assert set(rung().values()) == {1}

    def counted():
        found = upgraded.call("library.list_categories")["items"]
        return {category["name"]: category["resources"] for category in found}

    upgraded.eventually(lambda: counted()["Late"] >= RECORDS, 30)
    assert (counted()["Late"], counted()["Crafts"]) == (RECORDS, 2)


def test_a_parked_event_is_still_there_and_can_be_driven_again(upgraded):
    broken = upgraded.facts["parked"]
    parked = json.loads(upgraded.azora("events", "parked", "--json").out)
    assert [one["handler"] for one in parked] == ["ring"]
    assert "clapper" in parked[0]["error"]
    assert upgraded.azora("events", "redrive", "bell", parked[0]["id"]).code == 0
    upgraded.eventually(lambda: broken in upgraded.call("bell.list_rung")["resources"])


def test_people_sign_in_with_their_passwords(upgraded):
    people = upgraded.facts["people"]
    for one in (upgraded.facts["administrator"], people["Thandi"], people["Sipho"]):
        client = upgraded.sign_in(one["email"], one["password"])
        assert client.get("/api/identity/me").json()["email"] == one["email"]


def test_a_closed_account_stays_closed(upgraded):
    closed = upgraded.facts["people"]["Zanele"]
    given = {"email": closed["email"], "password": closed["password"]}
    assert upgraded.client().post("/api/identity/sessions", json=given).status_code == 401
    assert upgraded.bearing(closed["token"]).get("/api/identity/me").status_code == 401


def test_sessions_and_tokens_go_on_and_those_that_ended_stay_ended(upgraded):
    one = upgraded.facts["people"]["Thandi"]
    mine, path = {"email": one["email"]}, "/api/identity/me"
    for client in (upgraded.signed(one["session"]), upgraded.bearing(one["token"])):
        assert client.get(path).json() | mine == client.get(path).json()
    for client in (upgraded.signed(one["ended_session"]), upgraded.bearing(one["revoked_token"])):
        assert client.get(path).status_code == 401


def test_roles_permit_what_they_permitted(upgraded):
    people = upgraded.facts["people"]
    given = {"title": "By token", "type": "BOOK"}
    statuses = [
        upgraded.bearing(people[name]["token"])
        .post("/api/library/resources", json=given)
        .status_code
        for name in ("Thandi", "Sipho")
    ]
    assert statuses == [201, 403]


@that_knew("loan")
def test_loans_and_reading_lists_are_there(upgraded):
    loan, one = upgraded.facts["loan"], upgraded.facts["people"]["Sipho"]
    mine = upgraded.sign_in(one["email"], one["password"])
    assert [each["id"] for each in mine.get("/api/library/loans/mine").json()["loans"]] == [
        loan["id"]
    ]
    lists = mine.get("/api/library/reading-lists").json()["items"]
    assert [each["title"] for each in lists] == [upgraded.facts["list"]["title"]]
    upgraded.call("library.check_in", barcode=loan["barcode"])


@that_knew("setting")
def test_settings_chosen_in_the_browser_hold(upgraded):
    chosen = upgraded.facts["setting"]
    place = {"section": chosen["section"], "name": chosen["name"]}
    assert upgraded.call("web.read_setting", **place)["value"] == chosen["value"]


def test_the_audit_trail_is_whole(upgraded):
    done = upgraded.azora("audit", "verify", "--json")
    assert done.code == 0, done.out + done.err
