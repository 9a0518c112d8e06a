"""Whoever asks what would be done reads it in the status, and nothing is done until the question is withdrawn."""

import pytest
from hypothesis import given
from tests.operator.world import CASES, FEW, PLATFORMS, PLUGINS, World

BEFORE = {
    "platform": "campus",
    "image": "azora:1",
    "command": ["azora", "run", "library"],
    "replicas": 1,
    "http": {"port": 8000},
    "config": {"AZORA_LOG_LEVEL": "info", "AZORA_MAIL_PASSWORD": "four words"},
    "secrets": [{"secret": "own"}],
    "migration": {"command": ["azora", "migrate", "library"]},
}
PLATFORM = {"broker": {"secret": "broker"}, "config": {}}


def ask(world, resource="plugin"):
    getattr(world, resource)["metadata"]["annotations"] = {"azora.dev/plan": "true"}


@CASES
@given(PLUGINS, PLUGINS, PLATFORMS)
def test_nothing_is_done_while_somebody_asks(first, second, platform):
    world = World(first, platform)
    world.settle()
    before = world.writes, world.deletes, dict(world.children)
    world.edit(second)
    ask(world)
    assert not world.step()
    assert (world.writes, world.deletes, world.children) == before


@FEW
@given(PLUGINS, PLUGINS, PLATFORMS)
def test_each_object_that_comes_or_goes_is_named_and_comes_or_goes(first, second, platform):
    asked, told = World(first, platform), World(first, platform)
    asked.settle()
    told.settle()
    asked.edit(second)
    told.edit(second)
    ask(asked)
    asked.step()
    lines = asked.plugin["status"]["plan"]
    told.settle()
    created = {f"create {kind}/{name}" for kind, name in told.kept() - asked.kept()}
    assert created == {each for each in lines if each.startswith("create")}


def planned(**spec):
    world = World(BEFORE, PLATFORM)
    world.settle()
    world.edit({**BEFORE, **spec})
    ask(world)
    world.step()
    return world.plugin["status"]["plan"]


@pytest.mark.parametrize(
    ("spec", "line"),
    [
        ({"replicas": 3}, "change Deployment/library: spec.replicas: 1 → 3"),
        (
            {"image": "azora:2"},
            "change Deployment/library: spec.template.spec.containers[plugin].image: azora:1 → azora:2",
        ),
        ({"http": None}, "delete Service/library"),
        ({"replicas": 2}, "create PodDisruptionBudget/library"),
    ],
    ids=["number", "image", "gone", "new"],
)
def test_line_names_the_object_the_field_and_both_values(spec, line):
    assert line in planned(**spec)


def test_changed_setting_is_read_beside_the_one_before_and_a_secret_one_is_not_shown():
    lines = planned(config={"AZORA_LOG_LEVEL": "debug", "AZORA_MAIL_PASSWORD": "five words"})
    assert any(line.endswith("data.AZORA_LOG_LEVEL: info → debug") for line in lines)
    assert any(line.endswith("data.AZORA_MAIL_PASSWORD: another value") for line in lines)
    assert "words" not in str(lines)


def test_changed_secret_is_named_and_its_hash_is_not_shown():
    lines = planned(secrets=[{"secret": "own"}, {"secret": "other"}])
    assert any(line.endswith("pods are replaced, for another Secret other") for line in lines)
    assert "hash" not in str(lines)


def test_what_is_as_it_should_be_has_an_empty_plan_that_goes_with_the_question():
    world = World(BEFORE, PLATFORM)
    world.settle()
    ask(world, "platform")
    world.step()
    assert world.plugin["status"]["plan"] == []
    assert world.condition("Planned") == (True, "Planned")
    world.platform["metadata"]["annotations"] = {}
    world.step()
    assert world.plugin["status"]["plan"] is None
