"""The status page: what learners see of trouble, what keepers see, and what is remembered."""

import os
import signal
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from tests.kernel.hosting import acting_as, make_plugin, running
from tests.kernel.test_processes import processes

from azora.errors import NotAllowed
from azora.testing.campus import BODIES
from azora_web import plugin
from azora_web.condition import judge, overall
from azora_web.models import StatusRow, WatchRow


def node(*plugins, **troubles):
    return SimpleNamespace(plugins=dict.fromkeys(plugins, "1"), troubles=troubles)


def states(judged):
    return {one.part: one.state for one in judged}


@pytest.mark.parametrize(
    ("nodes", "cut_off", "state"),
    [
        ([node("library")], False, "works"),
        ([node("library", "identity", identity="is ill")], False, "works"),
        ([node("library", library="its disk is full")], False, "trouble"),
        ([node("library", broker="cannot be reached")], False, "trouble"),
        ([node("library", library="is ill"), node("library")], False, "works"),
        ([node("identity")], False, "away"),
        ([node("identity", broker="cannot be reached")], True, "unknown"),
    ],
)
def test_a_part_works_where_one_of_its_processes_does(nodes, cut_off, state):
    assert states(judge(["library"], {}, nodes, cut_off=cut_off)) == {"library": state}


def test_a_plugin_that_was_refused_does_not_answer():
    judged = judge(["web"], {"odd": "misspells a hook"}, [node("web")], cut_off=False)
    assert states(judged) == {"web": "works", "odd": "away"}
    assert overall(judged) == "some"


@pytest.fixture(params=["sqlite", "postgresql"])
def here(request, tmp_path):
    """A campus in this process whose plugin `shop` a test may make ill."""
    url = {}
    if request.param == "postgresql":
        url = {"database_url": request.getfixturevalue("postgresql").new_database()}
    ill: list[str] = []
    shop = make_plugin("shop", hooks={"check_health": lambda self: ill[0] if ill else None})
    with running(tmp_path, ("web", plugin), shop, **url) as runtime:
        runtime.ill = ill
        yield runtime


def ask(runtime, operation, *permissions):
    runtime.condition.look()
    context = acting_as(runtime, "user:keeper", *permissions)
    return runtime.call(f"web.{operation}", {}, context=context)


def watch(runtime):
    ask(runtime, "watch_status", "web.watch_status")


def test_trouble_is_dated_and_remembered_when_it_is_over(here):
    watch(here)
    here.ill.append("its shelf fell down")
    watch(here)
    _age(here, minutes=10)
    status = ask(here, "read_status")
    [shop] = [part for part in status.parts if part.name == "shop"]
    assert (status.state, shop.state) == ("some", "trouble")
    assert 9 <= (datetime.now(UTC) - shop.since).total_seconds() / 60 <= 11
    here.ill.clear()
    watch(here)
    status = ask(here, "read_status")
    assert status.state == "works"
    assert [(past.name, past.minutes) for past in status.history] == [("shop", 10)]


def _age(runtime, minutes):
    with runtime.hosted["web"].transaction():
        began = datetime.now(UTC) - timedelta(minutes=minutes)
        StatusRow.update(began=began).where(StatusRow.state == "trouble").execute()


def test_looking_again_changes_nothing_where_nothing_changed(here):
    for _ in range(3):
        watch(here)
    assert StatusRow.select().count() == 2


def test_a_time_in_which_nothing_ran_is_the_whole_campuss(here):
    watch(here)
    with here.hosted["web"].transaction():
        WatchRow.update(at=datetime.now(UTC) - timedelta(hours=2)).execute()
    watch(here)
    [past] = ask(here, "read_status").history
    assert (past.name, past.state, past.minutes) == ("campus", "away", 120)


def test_what_is_over_for_thirty_days_is_forgotten(here):
    with here.hosted["web"].transaction():
        long_ago = datetime.now(UTC) - timedelta(days=31)
        StatusRow.create(part="shop", state="away", began=long_ago, ended=long_ago)
    watch(here)
    assert ask(here, "read_status").history == []


def test_learners_see_no_reasons_and_keepers_do(here):
    here.ill.append("password of the shelf expired")
    shown = ask(here, "read_status").model_dump_json()
    assert "password" not in shown
    with pytest.raises(NotAllowed):
        ask(here, "read_processes")
    seen = ask(here, "read_processes", "web.see_processes")
    assert seen.reasons == {"shop": "password of the shelf expired"}
    assert {"shop", "web"} <= seen.items[0].plugins.keys()


def test_everybody_may_read_the_page_and_keepers_see_more(campus):
    page = campus.client().get("/status")
    assert page.status_code == 200
    assert "What works on this campus" in page.text
    assert "Processes that are heard of" not in page.text
    keeper = campus.as_account("web.see_processes")
    assert "Processes that are heard of" in keeper.get("/status").text
    campus.eventually(lambda: campus.http.get("/api/web/status").json()["state"] == "works")


def test_a_process_that_stands_still_is_seen_by_the_others(new_campus):
    campus = new_campus("distributed")
    library = processes(campus)["library"]

    def state():
        parts = campus.http.get("/api/web/status").json()["parts"]
        return next(part["state"] for part in parts if part["name"] == "library")

    campus.eventually(lambda: state() == "works")
    os.kill(library, signal.SIGSTOP)
    try:
        campus.eventually(lambda: state() == "away", seconds=20)
    finally:
        os.kill(library, signal.SIGCONT)
    campus.eventually(lambda: state() == "works", seconds=20)


@pytest.mark.parametrize("body", BODIES)
def test_a_keeper_sees_that_the_disk_fills_up_and_learners_do_not(new_campus, body):
    campus = new_campus(body, environment={"AZORA_WARN_FREE_DISK": "900000000000000"})
    assert "GB are free" in campus.http.get("/readyz").json()["notices"]["disk"]
    keeper = campus.as_account("web.see_processes")
    campus.eventually(lambda: "The disk is nearly full" in keeper.get("/status").text)
    assert "The disk" not in campus.client().get("/status").text
