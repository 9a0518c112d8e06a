"""A campus that slept for longer than events are remembered wakes without doing anything twice."""

import sqlite3
import time
from contextlib import closing
from types import SimpleNamespace

from azora.backup import databases

MONTH = 30 * 86_400.0
AGAIN = """INSERT INTO azora_outbox (id, type, version, time, key, data)
    SELECT event, type, version, time, key, ? FROM azora_inbox WHERE handler = 'count_added' LIMIT 1"""


def handed_over_but_still_in_the_outbox(campus):
    """The state in which a moment may find two plugins, as it was a month ago."""
    with closing(sqlite3.connect(campus.folder / "db/library.db")) as connection, connection:
        event = b'{"id": "x", "title": "Mhudi", "type": "BOOK", "category": "Cape"}'
        assert connection.execute(AGAIN, (event,)).rowcount == 1
        connection.execute("UPDATE azora_inbox SET changed = changed - ?", (MONTH,))
        connection.execute("UPDATE azora_outbox SET time = time - ?", (MONTH,))


def counted_after_all_is_delivered(campus):
    with campus.open() as here:
        database = here.runtime.hosted["library"].database
        for plugin in here.runtime.hosted.values():
            plugin.consumer._clean(time.time() - plugin.consumer.pace.keep_done)
        here.runtime.hosted["library"].relay.relay_all()
        while database.execute(
            "SELECT 1 FROM azora_inbox WHERE state NOT IN ('done', 'discarded')"
        ):
            time.sleep(0.01)
        listed = here.call("library.list_categories", {})["items"]
        return {item["name"]: item["resources"] for item in listed}


def test_an_event_of_both_boxes_still_counts_once(campus, kept, new_campus_here, monkeypatch):
    handed_over_but_still_in_the_outbox(campus)
    long_ago = SimpleNamespace(time=lambda: time.time() - MONTH)
    monkeypatch.setattr(databases, "time", long_ago)
    kept.back_up(campus)
    there = new_campus_here("there")
    kept.restore(there)
    assert counted_after_all_is_delivered(there) == {"Cape": 2}


def test_a_plugin_restored_alone_drops_what_the_others_have_forgotten(campus, kept, monkeypatch):
    handed_over_but_still_in_the_outbox(campus)
    kept.back_up(campus)
    kept.restore(campus, plugin="library", replace=True)
    assert campus.content()["library"]["azora_outbox"] == []
