"""What somebody may do about a plugin's deliveries: stop a handler, repair what is parked, give events again."""

import orjson
import pytest
from tests.kernel.events.hosts import eventually
from tests.kernel.hosting import acting_as, make_plugin, running

from azora import Event, Service, on_event
from azora.errors import Invalid, NotAllowed, NotFound
from azora.permissions import MANAGE_EVENTS


class Ticked(Event):
    key_field = "of"

    of: str
    n: int


class Listener(Service):
    heard: list = []
    deaf: set = set()
    lost: set = set()

    @on_event("maker.ticked", attempts=1)
    def hear(self, event: Ticked) -> None:
        if event.n in Listener.deaf:
            raise RuntimeError(f"cannot hear {event.n}")
        Listener.heard.append(event.n)

    @on_event("maker.ticked", ordered=True, attempts=1)
    def follow(self, event: Ticked) -> None:
        if event.n in Listener.lost:
            raise RuntimeError(f"cannot follow {event.n}")
        Listener.heard.append(100 + event.n)


PLUGINS = [make_plugin("maker", events=[Ticked]), make_plugin("listener", services=[Listener])]


@pytest.fixture(params=["embedded", "distributed"])
def runtime(request, tmp_path):
    Listener.heard.clear()
    Listener.deaf.clear()
    Listener.lost.clear()
    given = {}
    if request.param == "distributed":
        given["broker_url"] = request.getfixturevalue("rabbitmq").new_vhost()
        given["database_url"] = request.getfixturevalue("postgresql").new_database()
    with running(tmp_path, *PLUGINS, **given) as runtime:
        eventually(lambda: not runtime.readiness(), 20)
        yield runtime


def ask(runtime, name, **request):
    context = acting_as(runtime, "operator:keeper", MANAGE_EVENTS)
    return runtime.call(f"listener.events_{name}", request, context=context)


def emit(runtime, *numbers):
    maker = runtime.hosted["maker"]
    with maker.transaction():
        return [maker.emit(Ticked(of="a", n=n)) for n in numbers]


def standing(runtime, handler):
    return next(one for one in ask(runtime, "list_handlers").items if one.handler == handler)


def heard(*numbers):
    try:
        eventually(lambda: sorted(Listener.heard) == sorted(numbers))
    except AssertionError:
        assert sorted(Listener.heard) == sorted(numbers)


def test_a_paused_handler_gets_what_came_meanwhile_once_it_goes_on(runtime):
    ask(runtime, "stop", handler="hear")
    emit(runtime, 1, 2)
    heard(101, 102)
    eventually(lambda: standing(runtime, "hear").waiting == 2)
    assert standing(runtime, "hear").mode == "paused"
    ask(runtime, "resume", handler="hear")
    heard(1, 2, 101, 102)
    assert standing(runtime, "hear").mode == "runs"


def test_parked_events_are_shown_whole_and_redriven_one_by_one_or_all(runtime):
    Listener.deaf |= {1, 2, 3}
    first, *_ = emit(runtime, 1, 2, 3)
    eventually(lambda: len(ask(runtime, "list_parked", handler="hear").items) == 3)
    shown = ask(runtime, "list_parked", handler="hear", id=first).items[0]
    assert (shown.plugin, shown.type, shown.data) == (
        "listener",
        "maker.ticked",
        {"of": "a", "n": 1},
    )
    assert "cannot hear 1" in shown.error and "in hear" in shown.stack and shown.attempts == 1
    Listener.deaf.clear()
    assert ask(runtime, "redrive", ids=[first], handler="hear").count == 1
    heard(1, 101, 102, 103)
    assert ask(runtime, "redrive", handler="hear").count == 2
    heard(1, 2, 3, 101, 102, 103)


def test_what_is_parked_in_order_holds_back_what_follows_until_it_is_discarded(runtime):
    Listener.lost.add(1)
    ids = emit(runtime, 1, 2, 3)
    heard(1, 2, 3)
    (parked,) = eventually(lambda: ask(runtime, "list_parked", handler="follow").items)
    assert parked.behind == 2
    with pytest.raises(Invalid):
        ask(runtime, "discard", ids=[ids[0]], handler="follow", reason="")
    assert ask(runtime, "discard", ids=[ids[0]], handler="follow", reason="a test").count == 1
    heard(1, 2, 3, 102, 103)
    with pytest.raises(NotFound):
        ask(runtime, "redrive", handler="follow")


def test_an_edited_event_is_handled_as_it_was_edited_and_must_fit(runtime):
    Listener.deaf.add(1)
    (id_,) = emit(runtime, 1)
    eventually(lambda: ask(runtime, "list_parked", handler="hear").items)
    with pytest.raises(Invalid) as refused:
        ask(runtime, "edit", id=id_, handler="hear", data={"of": "a", "n": "many"})
    assert [field["field"] for field in refused.value.fields] == ["n"]
    ask(runtime, "edit", id=id_, handler="hear", data={"of": "a", "n": 7})
    heard(7, 101)


def given(ids, *numbers):
    return [
        {"id": id_, "source": "maker", "type": "maker.ticked", "version": 1, "time": 1.0,
         "data": orjson.dumps({"of": "a", "n": n}).decode()}
        for id_, n in zip(ids, numbers, strict=True)
    ]  # fmt: skip


def test_events_of_the_log_reach_one_handler_and_only_those_that_it_never_had(runtime):
    ids = emit(runtime, 1)
    heard(1, 101)
    ask(runtime, "give", handler="hear", events=given([*ids, "e-2"], 1, 2))
    heard(1, 101, 2)
    emit(runtime, 9)
    heard(1, 101, 2, 9, 109)


def test_with_again_every_event_has_its_effect_once_more_but_a_repeated_batch_has_none(runtime):
    ids = emit(runtime, 1, 2)
    heard(1, 2, 101, 102)
    batch = {"handler": "hear", "events": given(ids, 1, 2), "again": True, "replay": "r1"}
    ask(runtime, "give", place=5, **batch)
    heard(1, 1, 2, 2, 101, 102)
    ask(runtime, "give", place=5, **batch)
    emit(runtime, 9)
    heard(1, 1, 2, 2, 9, 101, 102, 109)


def test_a_held_handler_learns_the_past_before_what_is_told_meanwhile(runtime):
    ask(runtime, "stop", handler="hear", mode="held")
    emit(runtime, 9)
    heard(109)
    eventually(lambda: standing(runtime, "hear").waiting == 1)
    ask(runtime, "give", handler="hear", events=given(["e-1", "e-2"], 1, 2))
    heard(1, 2, 109)
    ask(runtime, "resume", handler="hear")
    heard(1, 2, 9, 109)


def test_each_delivery_of_an_event_is_known(runtime):
    Listener.deaf.add(1)
    ids = emit(runtime, 1)
    heard(101)
    eventually(lambda: len(ask(runtime, "list_parked").items) == 1)
    state = {"hear": "parked", "follow": "done"}

    def found():
        return {one.handler: one.state for one in ask(runtime, "find", ids=ids).items}

    eventually(lambda: found() == state)


def test_nobody_without_the_permission_stops_a_handler(runtime):
    context = acting_as(runtime, "user:thandi", "listener.administer")
    with pytest.raises(NotAllowed):
        runtime.call("listener.events_stop", {"handler": "hear"}, context=context)
    with pytest.raises(NotFound):
        ask(runtime, "stop", handler="nobody")
