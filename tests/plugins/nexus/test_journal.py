"""The log as a reader meets it: operations, pages and commands, in both bodies."""

import json

from tests.plugins.nexus.conftest import add, add_told


def test_what_a_plugin_tells_is_in_the_log_with_its_attributes(campus, title):
    added, event = add_told(campus, title)
    whole = campus.call("nexus.read_event", id=event["id"])
    assert whole["type"] == "library.resource_added" and whole["source"] == "library"
    assert whole["data"]["id"] == added["id"] and whole["data"]["title"] == title
    assert len(whole["trace"]) == 32 and whole["offset"] == event["offset"]


def test_a_stretch_of_the_log_begins_where_the_last_one_ended(campus):
    _, first = add_told(campus)
    stretch = campus.call("nexus.read_log", offset=first["offset"], limit=1)
    assert [one["id"] for one in stretch["items"]] == [first["id"]]
    then = add(campus, "The next one")
    page = campus.call(
        "nexus.read_log", offset=stretch["next"], type="library.resource_added", wait=10
    )
    assert then["id"] in [one["data"]["id"] for one in page["items"]]


def test_the_terminal_prints_the_last_events_and_one_of_them_whole(campus, title):
    _, event = add_told(campus, title)
    done = campus.azora("events", "tail", "--last", "50", "--type", "library.*", "--json")
    assert done.code == 0, done.err
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert event["id"] in [line["id"] for line in lines]
    shown = campus.azora("events", "show", event["id"], "--json")
    assert json.loads(shown.out)["data"]["title"] == title


def test_the_page_of_an_event_says_what_it_tells(campus, title):
    _, event = add_told(campus, title)
    reader = campus.as_account("nexus.read")
    listed = reader.get("/nexus/events?type=library.resource_added")
    assert f"/nexus/events/{event['id']}" in listed.text
    assert title in reader.get(f"/nexus/events/{event['id']}").text


def test_who_may_not_read_events_reads_none(campus):
    stranger = campus.as_account("library.manage")
    assert stranger.get("/api/nexus/log").status_code == 403
    assert stranger.get("/nexus/events").status_code == 403
