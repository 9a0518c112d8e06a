"""As many new pods come beside the old ones, are looked at, and take over at once; the old ones wait for a return."""

from hypothesis import settings
from tests.operator.test_canary import Campus
from tests.operator.trials import BETTER, BLUE_GREEN, FAULTY, GOOD, HOLD, SPEC, TrialWorld
from tests.operator.world import FEW


def blue_and_green(**more):
    spec = {**BLUE_GREEN, "blueGreen": BLUE_GREEN["blueGreen"] | more}
    return TrialWorld({**SPEC, "replicas": 3, "rollout": spec})


def test_green_is_looked_at_then_has_everything_and_then_takes_the_place():
    world = blue_and_green()
    assert (world.behind("library"), world.behind("library-preview")) == ({GOOD}, None)
    world.change(image=BETTER)
    world.live()
    assert len(world.pods) == 6
    assert (world.behind("library"), world.behind("library-preview")) == ({GOOD}, {BETTER})
    assert (world.shares, world.image("library")) == ([0], GOOD)
    world.pass_time()
    assert (world.shares, world.image("library")) == ([0, 100], GOOD)
    assert world.behind("library") == {BETTER}
    world.pass_time()
    assert (world.image("library"), world.image("library-canary")) == (BETTER, None)
    world.live()
    assert (world.behind("library"), world.behind("library-preview")) == ({BETTER}, None)
    assert world.condition("Ready") == (True, "Ready")


def test_switch_waits_for_an_approval_of_this_very_revision():
    world = blue_and_green(approve=True)
    world.change(image=BETTER)
    world.pass_time(100 * HOLD)
    assert world.shares == [0]
    told = {each["type"]: each["message"] for each in world.plugin["status"]["conditions"]}
    asked = told["Promoted"].rpartition("=")[2]
    for given, shares in (("other", [0]), (asked, [0, 100])):
        world.plugin["metadata"]["annotations"] = {"azora.dev/approve": given}
        world.settle()
        assert world.shares == shares


def test_return_to_what_was_is_one_step():
    world = blue_and_green()
    world.change(image=BETTER)
    world.pass_time()
    assert world.behind("library") == {BETTER}
    world.edit({**world.plugin["spec"], "image": GOOD})
    world.step()
    assert world.behind("library") == {GOOD}
    world.settle()
    assert (world.image("library"), world.image("library-canary")) == (GOOD, None)


def test_fault_after_the_switch_brings_the_old_pods_back():
    world = blue_and_green()
    world.change(image=FAULTY)
    world.pass_time()
    world.live()
    world.settle()
    assert world.condition("Degraded") == (True, "RolledBack")
    assert (world.behind("library"), world.image("library-canary")) == ({GOOD}, None)
    assert set(world.images) - {None} == {GOOD}


class BlueAndGreen(Campus):
    """The same whatever happens; what nobody has called cannot be found out."""

    spec, steps = {**SPEC, "rollout": BLUE_GREEN}, [0, 100]
    judged = ()


TestBlueAndGreen = BlueAndGreen.TestCase
TestBlueAndGreen.settings = settings(FEW, stateful_step_count=25)
