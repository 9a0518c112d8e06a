"""Replays into one handler, and a plugin of today that learns what happened before it was there (B4)."""

import collections

import pytest

COUNTER = '''
"""Counts what the library adds, slowly enough to be seen at it."""
import pathlib, time
from azora import Event, Plugin, Service, hookimpl, on_event

HERE = pathlib.Path(__file__).parent

class Added(Event):
    id: str
    title: str

class Counter(Service):
    @on_event("library.resource_added", attempts=1)
    def count(self, event: Added) -> None:
        if event.title == "Poison" and not (HERE / "mended").exists():
            raise RuntimeError("this one is too much")
        with (HERE / "counted").open("a") as file:
            file.write(event.id + "\\n")

@hookimpl
def describe() -> Plugin:
    return Plugin(name="counter", summary="Counts", services=[Counter])
'''


class Site:
    """A folder from which a campus takes a further plugin, once it is installed."""

    def __init__(self, folder):
        self.folder = folder

    def install(self):
        facts = self.folder / "azora_counter-1.dist-info"
        facts.mkdir()
        (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: azora-counter\nVersion: 1\n")
        (facts / "entry_points.txt").write_text("[azora.plugins]\ncounter = azora_counter\n")
        (self.folder / "azora_counter.py").write_text(COUNTER)

    def counted(self):
        path = self.folder / "counted"
        return (
            collections.Counter(path.read_text().split())
            if path.exists()
            else collections.Counter()
        )


@pytest.fixture(scope="module", params=["embedded", "distributed"])
def campus(request, new_module_campus, tmp_path_factory):
    """A campus in which five books were added before the counter was installed and learnt of them."""
    site = Site(tmp_path_factory.mktemp("site"))
    environment = {"PYTHONPATH": str(site.folder)}
    campus = new_module_campus(request.param, environment=environment, options=("--empty",))
    campus.site, campus.past = site, [add(campus, f"Old {n}") for n in range(5)]
    campus.eventually(lambda: len(told(campus)) == 5)
    site.install()
    campus.restart()
    campus.first = replay(campus, hold=True)
    campus.newer = [add(campus, f"New {n}") for n in range(3)]
    campus.learnt = ended(campus, campus.first)
    return campus


def add(campus, title):
    return campus.call("library.add_resource", title=title, type="BOOK")["id"]


def add_counted(campus, title):
    """Add a book, and its event, once it was counted."""
    id_ = add(campus, title)
    campus.eventually(lambda: campus.site.counted()[id_] == 1)
    return id_, campus.eventually(lambda: told(campus, key=id_))[0]


def told(campus, **asked):
    asked |= {"type": "library.resource_added", "limit": 200}
    return campus.call("nexus.list_events", **asked)["items"]


def replay(campus, **asked):
    return campus.call("nexus.start_replay", plugin="counter", handler="count", **asked)


def ended(campus, started, state="done"):
    def is_over():
        found = campus.call("nexus.read_replay", id=started["id"])
        return found["state"] == state and found

    return campus.eventually(is_over, 30)


def test_a_plugin_of_today_has_the_totals_of_one_that_was_always_there(campus):
    everything = dict.fromkeys(campus.past + campus.newer, 1)
    campus.eventually(lambda: everything.items() <= campus.site.counted().items(), 20)
    assert (campus.learnt["total"], campus.learnt["passed"]) == (5, 5)
    assert campus.call("nexus.list_handlers", plugin="counter")["items"][0]["mode"] == "runs"
    ended(campus, replay(campus))
    assert everything.items() <= campus.site.counted().items()


def test_a_replay_is_narrowed_and_repeated_and_leaves_others_alone(campus):
    (one, event), (two, _) = add_counted(campus, "One"), add_counted(campus, "Two")
    offset = event["offset"]
    by_key = {"filter": f"partitionkey = '{two}'"}
    ended(campus, replay(campus, **by_key))
    ended(campus, replay(campus, **by_key, again=True))
    campus.eventually(lambda: campus.site.counted()[two] == 2)
    ended(campus, replay(campus, since_offset=offset, until_offset=offset + 1, again=True))
    campus.eventually(lambda: campus.site.counted()[one] == 2)
    assert campus.site.counted()[two] == 2
    assert campus.site.counted()[campus.past[0]] == 1


def test_a_replay_rests_goes_on_and_is_cancelled(campus):
    _, event = add_counted(campus, "Early")
    late, _ = add_counted(campus, "Late")
    slow = replay(campus, pace=0.0001, again=True, since_offset=event["offset"])
    campus.eventually(lambda: campus.call("nexus.read_replay", id=slow["id"])["passed"] >= 1)
    paused = campus.call("nexus.pause_replay", id=slow["id"])
    assert paused["state"] == "paused" and paused["passed"] < paused["total"]
    assert campus.call("nexus.resume_replay", id=slow["id"])["state"] == "running"
    campus.call("nexus.cancel_replay", id=slow["id"])
    assert ended(campus, slow, "cancelled")["passed"] < slow["total"]
    assert campus.site.counted()[late] == 1


def test_what_a_handler_gives_up_on_is_given_again_once_it_is_mended(campus):
    poison = add(campus, "Poison")

    def parked():
        return campus.call("nexus.list_parked", plugin="counter")["items"]

    (row,) = campus.eventually(parked)
    keeper = campus.as_account("nexus.read", "nexus.repair")
    place = f"/nexus/parked/counter/count/{row['id']}"
    assert place in keeper.get("/nexus/parked").text
    assert "this one is too much" in keeper.get(place).text
    (campus.site.folder / "mended").write_text("")
    asked = {"chosen": [f"counter/count/{row['id']}"]}
    assert keeper.post("/api/nexus/parked/redriving", json=asked).json()["count"] == 1
    campus.eventually(lambda: campus.site.counted()[poison] == 1)
    assert parked() == []
