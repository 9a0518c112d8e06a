"""Replays into one handler, and a plugin of today that learns what happened before it was there (B4)."""

import pytest
from tests.plugins.nexus.conftest import add, add_told


class Learnt:
    """The first replay of the counter, once it is done, and all that the log then told of books."""

    def __init__(self, campus):
        started = replay(campus, hold=True)
        newer = [add(campus, f"New {n}")["id"] for n in range(3)]
        campus.eventually(lambda: set(newer) <= set(told(campus)))
        self.replay, self.told = ended(campus, started), told(campus)


@pytest.fixture(scope="session")
def learnt(campus, power_cut):
    """The counter, installed today, learns of the books from before, while newer ones come."""
    campus.eventually(lambda: set(power_cut.added) <= set(told(campus)), 30)
    return Learnt(campus)


def add_counted(campus, title):
    """Add a book, and its event, once it was counted."""
    added, event = add_told(campus, title)
    campus.eventually(lambda: campus.guests.counted()[added["id"]] == 1)
    return added["id"], event


def told(campus):
    """The key of every book of which the log tells that it was added."""
    keys, more = [], {}
    while more is not None:
        page = campus.call("nexus.list_events", type="library.resource_added", limit=200, **more)
        keys += [one["key"] for one in page["items"]]
        more = {"cursor": page["next"]} if page.get("next") else None
    return keys


def replay(campus, **asked):
    return campus.call("nexus.start_replay", plugin="counter", handler="count", **asked)


def ended(campus, started, state="done"):
    def is_over():
        found = campus.call("nexus.read_replay", id=started["id"])
        return found["state"] == state and found

    return campus.eventually(is_over, 30)


def test_a_plugin_of_today_has_the_totals_of_one_that_was_always_there(campus, power_cut, learnt):
    assert set(power_cut.added) <= set(learnt.told)
    everything = dict.fromkeys(learnt.told, 1)
    campus.eventually(lambda: everything.items() <= campus.guests.counted().items(), 20)
    assert learnt.replay["passed"] == learnt.replay["total"] >= len(power_cut.added)
    assert campus.call("nexus.list_handlers", plugin="counter")["items"][0]["mode"] == "runs"
    ended(campus, replay(campus))
    assert everything.items() <= campus.guests.counted().items()


def test_a_replay_is_narrowed_and_repeated_and_leaves_others_alone(campus, learnt):
    (one, event), (two, _) = add_counted(campus, "One"), add_counted(campus, "Two")
    offset = event["offset"]
    by_key = {"filter": f"partitionkey = '{two}'"}
    ended(campus, replay(campus, **by_key))
    ended(campus, replay(campus, **by_key, again=True))
    campus.eventually(lambda: campus.guests.counted()[two] == 2)
    ended(campus, replay(campus, since_offset=offset, until_offset=offset + 1, again=True))
    campus.eventually(lambda: campus.guests.counted()[one] == 2)
    assert campus.guests.counted()[two] == 2
    assert campus.guests.counted()[learnt.told[0]] == 1


def test_a_replay_rests_goes_on_and_is_cancelled(campus, learnt):
    _, event = add_counted(campus, "Early")
    late, _ = add_counted(campus, "Late")
    slow = replay(campus, pace=0.0001, again=True, since_offset=event["offset"])
    campus.eventually(lambda: campus.call("nexus.read_replay", id=slow["id"])["passed"] >= 1)
    paused = campus.call("nexus.pause_replay", id=slow["id"])
    assert paused["state"] == "paused" and paused["passed"] < paused["total"]
    assert campus.call("nexus.resume_replay", id=slow["id"])["state"] == "running"
    campus.call("nexus.cancel_replay", id=slow["id"])
    assert ended(campus, slow, "cancelled")["passed"] < slow["total"]
    assert campus.guests.counted()[late] == 1


def test_what_a_handler_gives_up_on_is_given_again_once_it_is_mended(campus, learnt):
    poison = add(campus, "Poison")["id"]

    def parked():
        return campus.call("nexus.list_parked", plugin="counter")["items"]

    (row,) = campus.eventually(parked)
    keeper = campus.as_account("nexus.read", "nexus.repair")
    place = f"/nexus/parked/counter/count/{row['id']}"
    assert place in keeper.get("/nexus/parked").text
    assert "this one is too much" in keeper.get(place).text
    (campus.guests.folder / "mended").write_text("")
    asked = {"chosen": [f"counter/count/{row['id']}"]}
    assert keeper.post("/api/nexus/parked/redriving", json=asked).json()["count"] == 1
    campus.eventually(lambda: campus.guests.counted()[poison] == 1)
    assert parked() == []
