"""A pod that answers but finishes nothing of what it holds is replaced, one at a time and within the budget."""

import pytest
from tests.operator.world import World

PLATFORM = {"broker": {"secret": "broker"}}
PLUGIN = {"platform": "campus", "image": "azora:1", "command": ["azora", "run", "library"]}
LIMIT = 60.0


@pytest.fixture
def world():
    return new_world()


def new_world(**healing):
    world = World({**PLUGIN, "healing": {"stuckAfter": "1m", "budget": 1, **healing}}, PLATFORM)
    world.settle()
    (pod,) = world.pods
    pod["metadata"] |= {"namespace": "n", "uid": "1"}
    return world


def deleted(world, seconds=LIMIT):
    world.still = {"library-1": seconds}
    todo = world.look()
    return [each["metadata"]["name"] for each in todo.delete], todo


def test_it_is_replaced_and_the_reason_recorded(world):
    names, todo = deleted(world)
    assert names == ["library-1"]
    (heal,) = todo.status["heals"]
    assert heal["action"] == "ConsumerStuck"
    assert "has finished none for 60 s" in heal["message"]
    assert [(each.reason, each.warning) for each in todo.news] == [("ConsumerStuck", True)]


def test_it_has_its_time(world):
    assert deleted(world, LIMIT - 1)[0] == []


def test_it_is_left_while_it_waits_for_something_else(world):
    world.pods[0]["status"]["conditions"][0]["status"] = "False"
    assert deleted(world)[0] == []


def test_it_is_left_while_the_broker_is_down(world):
    world.broker_trouble = "rabbitmq does not answer"
    assert deleted(world)[0] == []


def test_it_is_left_and_told_once_the_budget_is_spent(world):
    world.plugin["status"] = deleted(world)[1].status
    names, todo = deleted(world)
    assert names == []
    world.plugin["status"] = todo.status
    assert world.condition("Degraded") == (True, "HealingExhausted")


@pytest.mark.parametrize("how", ["paused", "told not to"])
def test_it_is_left_and_told_where_nothing_may_be_done(how):
    world = new_world(replaceStuck=how == "paused")
    if how == "paused":
        world.edit({**world.plugin["spec"], "paused": True})
    names, todo = deleted(world)
    assert names == []
    world.plugin["status"] = todo.status
    assert world.condition("Degraded") == (True, "ConsumerStuck")
    assert world.condition("Ready") == (False, "ConsumerStuck")
