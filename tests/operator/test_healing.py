"""A revision that fails is undone once, within a budget, and whatever else is asked for is tried."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.operator.world import FEW, PLATFORMS, PLUGINS, World

GOOD, BROKEN, BETTER = "azora:good", "azora:broken", "azora:better"
RUNNING = st.integers(1, 4)


def world_of(plugin, platform, replicas=1, **healing):
    world = World({**plugin, "image": GOOD, "replicas": replicas, "healing": healing}, platform)
    world.crashing = {BROKEN}
    world.settle()
    return world


def edit(world, **spec):
    world.edit({**world.plugin["spec"], **spec})
    world.settle()


def image(world):
    pod = world.children["Deployment", "library"]["spec"]["template"]["spec"]
    return pod["containers"][0]["image"]


@FEW
@given(PLUGINS, PLATFORMS, RUNNING, st.integers(1, 4))
def test_crashing_revision_is_undone_and_stays_undone(plugin, platform, replicas, later):
    world = world_of(plugin, platform, replicas)
    good = world.plugin["status"]["lastGoodRevision"]
    edit(world, image=BROKEN, config={"AZORA_NAME": "other"})
    assert image(world) == GOOD
    assert world.condition("Degraded") == (True, "RolledBack")
    assert world.condition("Ready") == (False, "RolledBack")
    assert world.condition("Available") == (True, "Available")
    assert world.plugin["status"]["revision"] == good
    edit(world, replicas=later)
    assert image(world) == GOOD


@FEW
@given(PLUGINS, PLATFORMS, RUNNING)
def test_pods_that_were_put_back_find_their_settings(plugin, platform, replicas):
    world = world_of(plugin, platform, replicas)
    edit(world, image=BROKEN, config={"AZORA_NAME": "other"})
    pod = world.children["Deployment", "library"]["spec"]["template"]["spec"]
    named = pod["containers"][0]["envFrom"][0]["configMapRef"]["name"]
    del world.children["ConfigMap", named]
    world.settle()
    assert ("ConfigMap", named) in world.children


@FEW
@given(PLUGINS, PLATFORMS, RUNNING)
def test_another_revision_is_tried_after_one_was_undone(plugin, platform, replicas):
    world = world_of(plugin, platform, replicas)
    edit(world, image=BROKEN)
    edit(world, image=BETTER)
    assert image(world) == BETTER
    assert world.condition("Ready") == (True, "Ready")
    assert len(world.of_kind("ControllerRevision")) == 1
    assert len(world.of_kind("ConfigMap")) == 1


@FEW
@given(PLUGINS, PLATFORMS, RUNNING)
def test_no_way_back_is_taken_where_no_revision_was_good(plugin, platform, replicas):
    world = World({**plugin, "image": BROKEN, "replicas": replicas}, platform)
    world.crashing = {BROKEN}
    world.settle()
    assert image(world) == BROKEN
    assert world.condition("Degraded") == (True, "CrashLooping")


@pytest.mark.parametrize("missed", [True, False])
def test_missed_deadline_is_a_failure_as_a_crash_is(missed):
    world = world_of({"platform": "campus", "command": ["azora"]}, {"broker": {"secret": "b"}})
    world.stalling = {BROKEN} if missed else set()
    world.crashing = set()
    edit(world, image=BROKEN)
    assert image(world) == (GOOD if missed else BROKEN)


def test_revision_is_not_good_before_it_has_answered_for_long_enough():
    world = world_of({"platform": "campus", "command": ["azora"]}, {"broker": {"secret": "b"}})
    world.ready_since = world.now - 10
    edit(world, image=BETTER)
    assert world.condition("Ready") == (True, "Ready")
    assert world.plugin["status"]["lastGoodRevision"] != world.plugin["status"]["revision"]
    world.now += 30
    world.settle()
    assert world.plugin["status"]["lastGoodRevision"] == world.plugin["status"]["revision"]


def test_spent_budget_leaves_things_as_they_are_until_its_window_has_passed():
    world = world_of(
        {"platform": "campus", "command": ["azora"]},
        {"broker": {"secret": "b"}},
        budget=2,
        window="10m",
    )
    for number in range(2):
        edit(world, image=BROKEN, config={"AZORA_NAME": str(number)})
        assert image(world) == GOOD
    edit(world, image=BROKEN, config={"AZORA_NAME": "last"})
    assert image(world) == BROKEN
    assert world.condition("Degraded") == (True, "HealingExhausted")
    assert len(world.plugin["status"]["heals"]) == 2
    world.now += 601
    world.settle()
    assert image(world) == GOOD
    assert len(world.plugin["status"]["heals"]) == 1


def test_nothing_is_undone_where_that_is_switched_off():
    world = world_of(
        {"platform": "campus", "command": ["azora"]},
        {"broker": {"secret": "b"}},
        rollBack=False,
    )
    edit(world, image=BROKEN)
    assert image(world) == BROKEN
    assert world.condition("Degraded") == (True, "CrashLooping")


def test_nothing_is_undone_while_the_broker_cannot_be_reached():
    world = world_of({"platform": "campus", "command": ["azora"]}, {"broker": {"secret": "b"}})
    world.broker_trouble = "rabbitmq does not answer"
    edit(world, image=BROKEN)
    assert image(world) == BROKEN
    assert world.condition("Degraded") == (True, "BrokerUnreachable")
    world.broker_trouble = ""
    world.settle()
    assert image(world) == GOOD
