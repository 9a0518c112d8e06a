"""A new revision gets a growing share of the calls, and is judged before it takes the place of the old one."""

import json
import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.operator.trials import (
    BEST,
    BETTER,
    FAULTY,
    GOOD,
    HOLD,
    SLOW,
    SPEC,
    STEPS,
    TrialWorld,
)
from tests.operator.world import FEW, PLATFORMS, PLUGINS

from azora.dispatch import FAULTS
from azora.http.health import counted
from azora.observe.metrics import Metrics
from azora_operator.durations import stamp
from azora_operator.leaving import leave
from azora_operator.observed import key_of
from azora_operator.tally import Tally, tally_of

OURS = {key: SPEC[key] for key in ("image", "http", "rollout")}


@FEW
@given(PLUGINS, PLATFORMS, st.integers(1, 5))
def test_good_revision_takes_every_step_and_then_the_place_of_the_old(plugin, platform, replicas):
    world = TrialWorld({**plugin, **OURS, "replicas": replicas}, platform)
    assert (world.shares, world.image("library")) == ([], GOOD)
    world.change(image=BETTER)
    assert world.condition("Ready") == (False, "CanaryRunning")
    assert world.condition("Available") == (True, "Available")
    for _ in STEPS:
        assert world.image("library") == GOOD
        world.pass_time()
    assert (world.shares, world.image("library")) == (STEPS, BETTER)
    assert world.image("library-canary") is None
    assert world.condition("Ready") == (True, "Ready")
    world.pass_time(60)
    assert world.plugin["status"]["lastGoodRevision"] == world.plugin["status"]["revision"]


@pytest.mark.parametrize(
    ("image", "cause"), [(FAULTY, "50 of 100 calls"), (SLOW, "longer than 2 s")]
)
def test_revision_that_is_not_good_enough_is_given_up_and_stays_so(image, cause):
    world = TrialWorld()
    world.change(image=image)
    world.live()
    world.settle()
    assert set(world.images) - {None} == {GOOD}
    assert world.image("library-canary") is None
    assert world.condition("Degraded") == (True, "RolledBack")
    (told,) = [news for news in world.news if news.reason == "RolledBack"]
    assert cause in told.message
    world.pass_time()
    assert world.shares == [5]
    world.change(image=BETTER)
    assert world.image("library-canary") == BETTER
    assert world.condition("Degraded") == (False, "Healthy")


def test_canary_that_crashes_is_given_up_though_nobody_has_called_it():
    world = TrialWorld()
    world.calls, world.crashing = 0, {BETTER}
    world.change(image=BETTER)
    assert world.condition("Degraded") == (True, "RolledBack")
    assert (world.image("library"), world.image("library-canary")) == (GOOD, None)


@pytest.mark.parametrize("calls", [None, 3])
def test_revision_of_which_too_little_is_known_waits_and_is_given_up_in_the_end(calls):
    world = TrialWorld()
    world.calls = calls
    world.change(image=BETTER)
    world.pass_time(10 * HOLD)
    assert (world.shares, world.image("library")) == ([5], GOOD)
    assert world.condition("Promoted") == (False, "CanaryRunning")
    world.pass_time(3600)
    assert world.condition("Degraded") == (True, "RolledBack")
    assert (world.image("library"), world.image("library-canary")) == (GOOD, None)


def test_first_fault_of_a_canary_that_was_hardly_called_is_not_the_end():
    world = TrialWorld(
        {**SPEC, "rollout": {"strategy": "Canary", "canary": {"maxErrorRatio": 0.1}}}
    )
    world.calls = 3
    world.change(image=FAULTY)
    assert world.image("library-canary") == FAULTY
    world.calls = 6
    world.live()
    world.settle()
    assert world.condition("Degraded") == (True, "RolledBack")


def test_nothing_is_judged_while_the_broker_cannot_be_reached():
    world = TrialWorld()
    world.broker_trouble = "rabbitmq does not answer"
    world.change(image=FAULTY)
    world.pass_time()
    assert (world.shares, world.image("library-canary")) == ([5], FAULTY)


def test_other_revision_begins_its_trial_at_the_first_step():
    world = TrialWorld()
    world.change(image=BETTER)
    world.pass_time()
    world.change(image=BEST)
    assert (world.shares, world.image("library"), world.share()) == ([5, 25, 5], GOOD, 5)


def test_taking_back_what_was_asked_for_ends_the_trial():
    world = TrialWorld()
    world.change(image=BETTER)
    world.change(image=GOOD)
    assert (world.image("library"), world.image("library-canary")) == (GOOD, None)
    assert world.condition("Ready") == (True, "Ready")


def test_deployment_that_somebody_deletes_comes_back_as_it_was():
    world = TrialWorld()
    world.change(image=BETTER)
    del world.children["Deployment", "library"]
    world.settle()
    assert (world.image("library"), world.image("library-canary")) == (GOOD, BETTER)


def test_paused_trial_stays_where_it_is():
    world = TrialWorld()
    world.change(image=BETTER)
    world.change(paused=True)
    world.pass_time(10 * HOLD)
    assert (world.shares, world.image("library")) == ([5], GOOD)


def test_pods_of_a_canary_are_in_no_service_and_not_counted_as_the_plugins():
    world = TrialWorld()
    world.change(image=BETTER)
    (service,) = world.of_kind("Service")
    labels = [pod["metadata"]["labels"] for pod in world.pods]
    chosen = [each for each in labels if service["spec"]["selector"].items() <= each.items()]
    assert (len(labels), len(chosen)) == (2, 1)
    assert "-" not in chosen[0]["azora.dev/revision"]
    assert "app.kubernetes.io/instance=library" in world.plugin["status"]["selector"]


def test_canary_has_as_many_pods_as_its_share_needs():
    world = TrialWorld({**SPEC, "replicas": 7})
    world.change(image=BETTER)
    found = [world.children["Deployment", "library-canary"]["spec"]["replicas"]]
    for _ in STEPS[1:]:
        world.pass_time()
        found.append(world.children["Deployment", "library-canary"]["spec"]["replicas"])
    assert found == [1, 2, 4]


def test_canary_goes_first_when_the_plugin_is_deleted():
    world = TrialWorld()
    world.change(image=BETTER)
    world.plugin["metadata"]["deletionTimestamp"] = stamp(world.now)
    step = leave(world.plugin, world.seen(), waiting=3)
    gone = {name for kind, name in map(key_of, step.delete) if kind == "Deployment"}
    assert (gone, step.close, step.release) == ({"library-canary"}, True, False)


def test_what_pods_have_counted_is_what_the_kernel_tells():
    pods = [Metrics(), Metrics(), Metrics()]
    for number in range(100):
        pods[number % 2].observe("operation", f"library.{number % 3}", "ok", 0.004)
    pods[0].observe("operation", "library.0", "internal", 60.0)
    pods[0].counter(*FAULTS).add(1, "library.0")
    pods[1].observe("route", "GET /", "ok", 9.0)
    tally = tally_of(json.dumps(counted(pod)) for pod in pods)
    assert (tally.calls, tally.faults) == (101, 1)
    assert 0.0025 < tally.latency <= 0.005
    assert tally_of([json.dumps(counted(Metrics()))]) == Tally()


@given(st.lists(st.sampled_from([0.004, 0.04, 0.4, 60.0]), min_size=1, max_size=60))
def test_latency_lies_between_the_bounds_of_the_call_that_it_is(seconds):
    pod = Metrics()
    for each in seconds:
        pod.observe("operation", "library.search", "ok", each)
    found = tally_of([json.dumps(counted(pod))]).latency
    true = sorted(seconds)[math.ceil(0.95 * len(seconds)) - 1]
    assert found in (true / 2, 30.0) or true / 2 < found <= true * 2.5


class Campus(RuleBasedStateMachine):
    """Whatever people and faults do: never more than two revisions, and only what was tried replaces the old."""

    spec, steps = SPEC, STEPS
    judged = (FAULTY, SLOW)

    def __init__(self):
        super().__init__()
        self.world = TrialWorld(self.spec)

    @rule(image=st.sampled_from([GOOD, BETTER, BEST, FAULTY, SLOW]))
    def ask_for(self, image):
        self.world.change(image=image)

    @rule(seconds=st.sampled_from([5, HOLD, 4000]))
    def wait(self, seconds):
        self.world.pass_time(seconds)

    @rule(calls=st.sampled_from([None, 0, 3, 100]))
    def call(self, calls):
        self.world.calls = calls
        self.world.pass_time(1)

    @rule(trouble=st.sampled_from(["", "rabbitmq does not answer"]))
    def lose_or_find_the_broker(self, trouble):
        self.world.broker_trouble = trouble
        self.world.settle()

    @rule(replicas=st.integers(1, 4))
    def scale(self, replicas):
        self.world.change(replicas=replicas)

    @rule(data=st.data())
    def delete(self, data):
        replaceable = [key for key in self.world.children if key[0] != "ControllerRevision"]
        del self.world.children[data.draw(st.sampled_from(sorted(replaceable)))]
        self.world.settle()

    @invariant()
    def at_most_one_canary_beside_the_others(self):
        names = {name for kind, name in self.world.children if kind == "Deployment"}
        assert {"library"} <= names <= {"library", "library-canary"}

    @invariant()
    def only_what_has_passed_replaces_the_old(self):
        assert not set(self.judged) & set(self.world.images)

    @invariant()
    def share_only_grows_from_the_first_step_on(self):
        for now, later in pairwise(self.world.shares):
            assert later in (self.steps[0], *self.steps[self.steps.index(now) + 1 :][:1])

    @invariant()
    def nothing_is_written_twice(self):
        before = self.world.writes
        assert not self.world.step()
        assert self.world.writes == before


TestCampus = Campus.TestCase
TestCampus.settings = settings(FEW, stateful_step_count=25)
