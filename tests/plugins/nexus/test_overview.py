"""The flow of events, and the chain of one: what a person sees at a glance."""

import time
from pathlib import Path

import pytest
from tests.plugins.nexus.conftest import add, add_told

from azora.testing.browser import browse
from azora_nexus.overview.chain import links
from azora_nexus.overview.picture import picture


def test_the_flow_counts_what_was_just_told_and_is_fresh(campus):
    before = campus.call("nexus.read_flow")["hour"]
    began = time.monotonic()
    add(campus)
    campus.eventually(lambda: campus.call("nexus.read_flow")["hour"] > before)
    assert time.monotonic() - began < 2
    flow = campus.call("nexus.read_flow")
    assert sum(flow["minutes"]) == flow["hour"] and len(flow["minutes"]) == 60
    assert "library.resource_added" in [one["type"] for one in flow["types"]]


@pytest.mark.needs("chromium")
def test_a_page_that_is_left_open_follows_and_says_nothing_of_it(embedded_campus):
    keeper = embedded_campus.as_account("nexus.read", "library.manage", "library.read")
    session = keeper.cookies["azora_session"]
    seen = browse(
        Path(__file__).with_name("watching.py"), "left_open", embedded_campus.url, session
    )
    assert seen["status"] == 201
    assert seen["after"] > seen["before"]
    assert seen["stayed"]
    assert not seen["said"]


def test_the_page_says_how_each_handler_stands_and_pauses_one(campus):
    keeper = campus.as_account("nexus.read", "nexus.manage")
    page = keeper.get("/nexus")
    assert page.status_code == 200 and "library.count_added" in page.text

    def mode():
        items = campus.call("nexus.list_handlers", plugin="library")["items"]
        return next(one["mode"] for one in items if one["handler"] == "count_moved")

    assert keeper.post("/api/nexus/handlers/library/count_moved/stop", json={}).status_code == 204
    campus.eventually(lambda: mode() == "paused")
    assert keeper.post("/api/nexus/handlers/library/count_moved/resume", json={}).status_code == 204
    campus.eventually(lambda: mode() == "runs")


def test_the_chain_of_an_event_names_its_handler_and_how_long_that_took(campus):
    _, event = add_told(campus)

    def chain():
        found = campus.call("nexus.read_chain", id=event["id"])
        states = {one["name"]: one for one in found["links"]}
        return states.get("library.count_added", {}).get("state") == "done" and found

    found = campus.eventually(chain)
    told, handled = found["links"][0], found["links"][1]
    assert (told["kind"], told["asked"], told["parent"]) == ("event", True, None)
    assert handled["parent"] == 0 and handled["milliseconds"] >= 0
    assert "<svg" in found["picture"] and "library.count_added" in found["picture"]
    reader = campus.as_account("nexus.read")
    assert "nexus-chain" in reader.get(f"/nexus/events/{event['id']}").text


class Told:
    """An event of the index."""

    def __init__(self, id_, type_, cause=None):
        self.id, self.type, self.cause, self.at = id_, type_, cause, 100.0
        self.source = type_.partition(".")[0]


def delivery(event, plugin, handler):
    from datetime import UTC, datetime

    from azora.events.desk_contracts import SettledDelivery

    told = datetime.fromtimestamp(100, UTC)
    changed = datetime.fromtimestamp(100.5, UTC)
    facts = {"state": "done", "attempts": 1, "told": told, "changed": changed}
    return SettledDelivery(plugin=plugin, handler=handler, event=event, **facts)


def test_what_a_handler_told_stands_below_that_handler():
    events = [Told("1", "shop.sold"), Told("2", "bank.paid", "1"), Told("3", "post.sent", "1")]
    handled = [delivery("1", "bank", "pay"), delivery("2", "post", "pack")]
    found = links(events, handled, "2")
    assert [(one.name, one.parent) for one in found] == [
        ("shop.sold", None),
        ("bank.pay", 0),
        ("bank.paid", 1),
        ("post.pack", 2),
        ("post.sent", 0),
    ]
    assert [one.name for one in found if one.asked] == ["bank.paid"]
    assert found[1].milliseconds == 500


def test_names_in_the_picture_are_text_and_never_markup():
    found = links([Told("1", "shop.<script>")], [], "1")
    drawn = str(picture(found, 'a "title"'))
    assert "<script>" not in drawn and "&lt;script&gt;" in drawn
