"""The log as a reader meets it: operations, pages and commands, in both bodies."""

import json

import pytest


def test_what_a_plugin_tells_is_in_the_log_with_its_attributes(campus, add, title):
    added, event = add(campus)
    whole = campus.call("nexus.read_event", id=event["id"])
    assert whole["type"] == "library.resource_added" and whole["source"] == "library"
    assert whole["data"]["id"] == added["id"] and whole["data"]["title"] == title
    assert len(whole["trace"]) == 32 and whole["offset"] == event["offset"]


def test_a_stretch_of_the_log_begins_where_the_last_one_ended(campus, add):
    _, first = add(campus)
    stretch = campus.call("nexus.read_log", offset=first["offset"], limit=1)
    assert [one["id"] for one in stretch["items"]] == [first["id"]]
    then = campus.call("library.add_resource", title="The next one", type="BOOK")
    page = campus.call(
        "nexus.read_log", offset=stretch["next"], type="library.resource_added", wait=10
    )
    assert then["id"] in [one["data"]["id"] for one in page["items"]]


def test_the_terminal_prints_the_last_events_and_one_of_them_whole(campus, add, title):
    _, event = add(campus)
    done = campus.azora("events", "tail", "--last", "50", "--type", "library.*", "--json")
    assert done.code == 0, done.err
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert event["id"] in [line["id"] for line in lines]
    shown = campus.azora("events", "show", event["id"], "--json")
    assert json.loads(shown.out)["data"]["title"] == title


def test_the_page_of_an_event_says_what_it_tells(campus, add, title):
    _, event = add(campus)
    reader = campus.as_account("nexus.read")
    listed = reader.get("/nexus/events?type=library.resource_added")
    assert f"/nexus/events/{event['id']}" in listed.text
    assert title in reader.get(f"/nexus/events/{event['id']}").text


def test_who_may_not_read_events_reads_none(campus):
    stranger = campus.as_account("library.manage")
    assert stranger.get("/api/nexus/log").status_code == 403
    assert stranger.get("/nexus/events").status_code == 403


@pytest.mark.parametrize("body", ["embedded", "distributed"])
def test_events_of_a_type_that_is_kept_for_no_time_are_forgotten(new_campus, body, add):
    keep = {"AZORA_NEXUS_KEEP_DAYS": "library.resource_added=0"}
    campus = new_campus(body, environment=keep, options=("--empty",))
    added, event = add(campus)
    campus.call("library.remove_resource", id=added["id"])
    asked = {"offset": event["offset"], "limit": 1}
    assert event["id"] not in [one["id"] for one in campus.call("nexus.read_log", **asked)["items"]]
    campus.eventually(lambda: campus.call("nexus.forget_events")["count"])
    assert campus.call("nexus.list_events", type="library.resource_added")["items"] == []


@pytest.mark.parametrize("body", ["embedded", "distributed"])
def test_a_campus_that_is_killed_loses_no_event_of_its_log(new_campus, body, add):
    campus = new_campus(body, options=("--empty",))
    add(campus)
    added = [
        campus.call("library.add_resource", title=f"Book {n}", type="BOOK")["id"] for n in range(20)
    ]
    campus.kill()
    campus.start()

    def in_log():
        found = campus.call("nexus.list_events", type="library.resource_added", limit=200)["items"]
        return {one["key"] for one in found}

    campus.eventually(lambda: set(added) <= in_log(), 30)
