"""A hundred thousand rows make no difference that anybody notices, and nothing else waits for them."""

import time

import eventlet
import pytest

COUNT = 100_000
LONGEST_HOLD = 0.25
"""Seconds for which the hub may be held on a machine that does other things; alone it is a tenth."""


@pytest.fixture
def crowded(desk):
    rows = [
        (f"id-{n:06}", f"bed {n * 7919 % COUNT:06}", n % 97 or None, None, "4711", "by the wall")
        for n in range(COUNT)
    ]
    with desk.database.transaction():
        desk.database.execute_many(
            "INSERT INTO bed (id, name, size, keeper, gate_code, note) VALUES (?, ?, ?, ?, ?, ?)",
            rows,
        )
    yield desk


def held_up():
    """(stop, longest): watches for how long the hub could not run a greenlet that wants to."""
    longest = [0.0]

    def watch():
        while True:
            began = time.perf_counter()
            eventlet.sleep(0.001)
            longest[0] = max(longest[0], time.perf_counter() - began)

    return eventlet.spawn(watch), longest


def test_pages_far_down_and_searches_hold_nobody_up(crowded):
    watcher, longest = held_up()
    eventlet.sleep(0.01)
    began = time.perf_counter()
    page = crowded.ask("admin_list", table="bed", sort="name", limit=50)
    assert (page.total, page.exact) == (1000, False)
    for asked in (
        {"sort": "-size"},
        {"sort": "size", "filter": ["size="]},
        {"search": "bed 099999"},
        {"filter": ["note~wall", "name>=bed 05"], "sort": "name"},
        {"filter": ["note=nowhere"]},
    ):
        crowded.ask("admin_list", table="bed", **asked)
    cursor = page.next
    for _ in range(20):
        cursor = crowded.ask("admin_list", table="bed", sort="name", limit=50, cursor=cursor).next
    took = time.perf_counter() - began
    watcher.kill()
    assert took < 10
    assert longest[0] < LONGEST_HOLD, longest[0]
