"""A hundred thousand rows make no difference that anybody notices, and nothing else waits for them."""

import gc
import time

import eventlet
import pytest
from tests.pace import ROUNDS

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


def test_pages_far_down_and_searches_hold_nobody_up(crowded):
    least = min(_longest_hold(crowded) for _ in range(ROUNDS))
    assert least < LONGEST_HOLD, least


def _longest_hold(desk):
    """For how long the hub could not run a greenlet that wanted to, while pages were read."""
    longest = [0.0]

    def watch():
        while True:
            began = time.perf_counter()
            eventlet.sleep(0.001)
            longest[0] = max(longest[0], time.perf_counter() - began)

    gc.collect()
    watcher = eventlet.spawn(watch)
    eventlet.sleep(0.01)
    _read_far_down(desk)
    watcher.kill()
    return longest[0]


def _read_far_down(desk):
    page = desk.ask("admin_list", table="bed", sort="name", limit=50)
    assert (page.total, page.exact) == (1000, False)
    for asked in (
        {"sort": "-size"},
        {"sort": "size", "filter": ["size="]},
        {"search": "bed 099999"},
        {"filter": ["note~wall", "name>=bed 05"], "sort": "name"},
        {"filter": ["note=nowhere"]},
    ):
        desk.ask("admin_list", table="bed", **asked)
    cursor = page.next
    for _ in range(20):
        cursor = desk.ask("admin_list", table="bed", sort="name", limit=50, cursor=cursor).next
