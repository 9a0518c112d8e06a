"""People hear of what has changed, once, and of nothing while all stays as it is."""

from hypothesis import given
from hypothesis import strategies as st
from tests.operator.world import CASES, PLATFORMS, PLUGINS, World

from azora_operator.news import ALARMING, changes, event_of

SPEC = {"platform": "campus", "image": "azora:good", "command": ["azora"]}
PLATFORM = {"broker": {"secret": "b"}, "management": {"secret": "b"}}
SCALED = {**SPEC, "scaling": {"targetLatency": "1s", "min": 1, "max": 9}}


def settled(spec=SPEC):
    world = World(spec, PLATFORM)
    world.crashing = {"azora:broken"}
    world.settle()
    return world


def reasons(world):
    """What was told since it was last asked."""
    told = [news.reason for news in world.news]
    world.news.clear()
    return told


@CASES
@given(PLUGINS, PLATFORMS)
def test_nothing_is_told_of_what_stays_as_it_is(plugin, platform):
    world = World(plugin, platform)
    world.settle()
    world.news.clear()
    world.step()
    assert world.news == []


def test_roll_out_is_told_when_its_pods_are_proven():
    world = settled()
    assert reasons(world) == ["RolledOut"]
    world.edit({**SPEC, "image": "azora:better"})
    world.settle()
    assert reasons(world) == ["RolledOut"]


def test_undoing_is_told_once_with_its_cause_and_again_when_it_is_over():
    world = settled()
    reasons(world)
    world.edit({**SPEC, "image": "azora:broken"})
    world.settle()
    (told,) = world.news
    assert (told.reason, told.warning) == ("RolledBack", True)
    assert "exit code 3" in told.message
    world.settle()
    world.edit({**SPEC, "image": "azora:better"})
    world.settle()
    assert reasons(world) == ["RolledBack", "Healthy", "RolledOut"]


def test_spent_budget_is_told():
    world = settled({**SPEC, "healing": {"budget": 0}})
    reasons(world)
    world.edit({**SPEC, "image": "azora:broken", "healing": {"budget": 0}})
    world.settle()
    assert reasons(world) == ["HealingExhausted"]


def test_following_the_load_is_told_and_scaling_by_hand_is_not():
    world = settled(SCALED)
    reasons(world)
    world.target = 4
    world.settle()
    assert [news.message.split(",")[0] for news in world.news] == ["from 1 to 4 pods"]
    by_hand = settled()
    reasons(by_hand)
    by_hand.edit({**SPEC, "replicas": 3})
    by_hand.settle()
    assert reasons(by_hand) == []


@given(st.sampled_from(sorted(ALARMING)), st.text(max_size=20))
def test_the_same_news_has_the_same_name_and_other_news_another(reason, message):
    condition = {"type": "Accepted", "reason": reason, "message": message}
    (news,) = changes({}, {"conditions": [condition]})
    plugin = {"apiVersion": "v", "kind": "k"}
    first, second = (
        plugin | {"metadata": {"name": "library", "namespace": "n", "uid": uid}} for uid in "ab"
    )
    names = [
        event_of(each, news, now)["metadata"]["name"] for each in (first, second) for now in "12"
    ]
    assert len(set(names)) == 2
    assert changes({"conditions": [condition]}, {"conditions": [condition]}) == []
