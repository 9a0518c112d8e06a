"""The number of pods: enough for the promise, never out of bounds, and steady while the load is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.operator.world import CASES, World

from azora_operator.loads import STALE, Loads, Memory
from azora_operator.management import is_queue_of, queues_of
from azora_operator.meter import Meter, Queues
from azora_operator.parts import Scaling
from azora_operator.scaling import UTILISATION, Load, capacity, needed, step

PLATFORM = {"broker": {"secret": "broker"}, "management": {"secret": "broker"}}
LATENCIES = st.sampled_from(["100ms", "500ms", "2s", "1m"])
SCALINGS = st.builds(
    lambda least, more, latency: Scaling(min=least, max=least + more, target_latency=latency),
    *(st.integers(1, 20), st.integers(0, 80), LATENCIES),
)
RATES = st.floats(0, 5000)
COUNTS = st.integers(0, 100_000)
LOADS = st.builds(Load, COUNTS, COUNTS, RATES, RATES, st.integers(0, 50), st.booleans())
ONE = st.floats(0.1, 1000)
QUICK = Scaling(target_latency="1s", min=1, max=20, stabilization="60s")


def load(waiting=0, in_hand=0, arriving=0.0, done=0.0, consumers=1, behind=False):
    return Load(waiting, in_hand, arriving, done, consumers, behind)


@CASES
@given(LOADS, st.none() | ONE, st.integers(0, 200), SCALINGS)
def test_number_of_pods_is_within_its_bounds(load, one, current, scaling):
    assert scaling.min <= needed(load, one, current, scaling) <= scaling.max


@CASES
@given(LOADS, ONE, st.integers(0, 50), SCALINGS, COUNTS, RATES)
def test_more_work_never_needs_fewer_pods(load, one, current, scaling, messages, rate):
    fuller = Load(load.waiting + messages, load.in_hand, load.arriving, load.done, load.consumers)
    assert needed(fuller, one, current, scaling) >= needed(load, one, current, scaling)
    busier = Load(load.waiting, load.in_hand, load.arriving + rate, load.done, load.consumers)
    if load.arriving == 0 or load.waiting == load.in_hand == 0:
        assert needed(busier, one, current, scaling) >= needed(load, one, current, scaling)


@CASES
@given(st.floats(0.1, 500), ONE)
def test_pods_can_do_what_arrives_with_something_to_spare(arriving, one):
    scaling = Scaling(target_latency="1s", max=1000)
    pods = needed(load(arriving=arriving), one, 1, scaling)
    assert pods * one * UTILISATION >= min(arriving, 1000 * one * UTILISATION) * 0.999


@CASES
@given(st.integers(0, 100), st.integers(0, 100), st.none() | st.integers(0, 100))
def test_steps_end_where_they_lead(current, wanted, lately):
    following = step(current, wanted, lately)
    assert min(current, wanted) <= following <= max(current, wanted)
    while following != current:
        current, following = following, step(following, wanted, lately)
    assert current >= wanted
    assert lately is None or current == wanted or lately >= current


def test_what_one_pod_can_do_is_at_least_what_it_does():
    assert capacity(load(done=30.0, consumers=3), None) is None
    assert capacity(load(done=30.0, consumers=3), 4.0) == 10
    assert capacity(load(waiting=5, done=3.0, consumers=3), 10.0) == 10


def test_what_one_pod_can_do_is_no_more_than_that_while_messages_wait_all_along():
    assert capacity(load(waiting=50, done=30.0, consumers=3, behind=True), None) == 10
    assert capacity(load(waiting=50, done=12.0, consumers=3, behind=True), 10.0) == 7
    assert capacity(load(waiting=50, done=0.0, consumers=3, behind=True), 10.0) == 10


@pytest.mark.parametrize(
    ("first", "last", "behind"),
    [
        ((40, 2), (30, 2), True),
        ((0, 2), (30, 2), False),
        ((3, 2), (3, 2), False),
        ((40, 1), (30, 2), False),
    ],
    ids=["backlog", "just begun", "by chance", "another pod"],
)
def test_pods_are_behind_when_more_than_chance_waits_at_both_ends(first, last, behind):
    meter = Meter()
    meter.read(0.0, Queues(waiting=first[0], consumers=first[1]))
    read = meter.read(5.0, Queues(waiting=last[0], acknowledged=100, consumers=last[1]))
    assert read.behind is behind


def test_messages_in_hand_count_as_work():
    assert needed(load(in_hand=500), 10.0, 1, QUICK) == 5


def test_pods_come_at_once_and_go_when_they_were_not_needed_for_long_enough():
    memory = Memory(begun=0.0)
    memory.take(load(waiting=400, done=10.0, behind=True), 100.0, 1, QUICK)
    assert memory.target == 4
    for second in range(102, 160, 2):
        memory.take(load(arriving=1.0), float(second), 4, QUICK)
        assert memory.target == 4
    memory.take(load(arriving=1.0), 162.0, 4, QUICK)
    assert memory.target == 1


def test_an_operator_that_has_just_started_takes_no_pods_away():
    memory = Memory(begun=100.0)
    memory.take(load(), 100.0, 7, QUICK)
    assert memory.target == 7
    for second in (130.0, 160.0):
        memory.take(load(), second, 7, QUICK)
    assert memory.target == 1


def test_plugin_goes_to_zero_only_when_asked_and_wakes_with_its_first_message():
    sleepy = QUICK.model_copy(update={"to_zero": True, "idle_after": "30s"})
    for scaling, pods in ((QUICK, 1), (sleepy, 0)):
        memory = Memory(begun=0.0)
        memory.take(load(), 100.0, 1, scaling)
        assert memory.target == pods
    memory.take(load(), 200.0, 0, sleepy)
    assert memory.target == 0
    memory.take(load(waiting=1), 202.0, 0, sleepy)
    assert memory.target == 1
    memory.take(load(), 204.0, 1, sleepy)
    assert memory.target == 1


def test_pods_that_have_not_taken_up_their_work_are_not_idle():
    sleepy = QUICK.model_copy(update={"to_zero": True, "idle_after": "30s"})
    memory = Memory(begun=0.0)
    memory.take(load(consumers=0), 100.0, 1, sleepy)
    assert memory.target == 1
    memory.take(load(consumers=1), 120.0, 1, sleepy)
    memory.take(load(consumers=1), 140.0, 1, sleepy)
    assert memory.target == 0


def test_numbers_that_are_old_are_none():
    loads, plugin = Loads(), ("n", "library")
    loads.take(plugin, Queues(waiting=9), 100.0, 1, QUICK)
    assert loads.target(plugin, 101.0) is not None
    assert loads.target(plugin, 100.0 + STALE) is None


def test_queues_of_a_plugin_are_those_of_its_calls_and_its_events():
    names = ["rpc-study_rooms", "evt-pay-settled--study_rooms.on_settled", "rpc-study", "rpc-x"]
    assert [is_queue_of("study_rooms", name) for name in names] == [True, True, False, False]
    queues = [{"name": name, "messages_ready": 2} for name in names]
    assert queues_of("study-rooms", queues).waiting == 4


def scaled(**more):
    spec = {"targetLatency": "1s", "min": 2, "max": 5, **more}
    plugin = {"platform": "campus", "image": "azora:1", "command": ["azora"], "scaling": spec}
    world = World(plugin, PLATFORM)
    world.settle()
    return world


def pods(world):
    return world.children["Deployment", "library"]["spec"]["replicas"]


@CASES
@given(st.none() | st.integers(0, 100), st.booleans())
def test_plan_follows_the_load_within_bounds_and_then_does_nothing(target, to_zero):
    world = scaled(toZero=to_zero)
    assert pods(world) == 2
    world.target = target
    world.settle()
    bounded = max(0 if to_zero else 2, min(5, 2 if target is None else target))
    assert pods(world) == bounded
    assert world.condition("LoadKnown")[0] == (target is not None)
    assert world.condition("Ready") == (True, "Ready")


def test_unknown_load_leaves_the_pods_as_they_are():
    world = scaled()
    world.target = 4
    world.settle()
    world.target = None
    world.settle()
    assert pods(world) == 4
    assert world.condition("LoadKnown") == (False, "LoadUnknown")


def test_rates_are_those_between_two_moves_of_the_counters():
    meter = Meter()
    assert meter.read(0.0, Queues(published=100)).arriving == 0
    assert meter.read(2.0, Queues(published=100)).arriving == 0
    assert meter.read(5.0, Queues(published=150, acknowledged=20)).arriving == 10
    held = meter.read(7.0, Queues(published=150, acknowledged=20))
    assert (held.arriving, held.done) == (10, 4)
    assert meter.read(13.0, Queues(published=150, acknowledged=20)).done == 0
    assert meter.read(15.0, Queues()).arriving == 0
