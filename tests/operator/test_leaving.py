"""A deletion ends by itself, whatever the broker, the pods and the Jobs do; and it leaves what it should."""

from hypothesis import given
from hypothesis import strategies as st
from tests.operator.world import FEW, PLATFORMS, PLUGINS, World

from azora_operator.children.deployment import GRACE
from azora_operator.durations import stamp
from azora_operator.leaving import FRESH, leave

DEADLINE = 60
DOWN = "rabbitmq does not answer"
MANAGED = {"management": {"secret": "management"}}
BROKERS = st.lists(st.sampled_from([None, 0, 0, 3, DOWN]), min_size=1, max_size=8)
"""What the broker says, one look after the other and then again: messages, nothing, or trouble."""
VOLUME = "PersistentVolumeClaim"
SECONDS = st.sampled_from([0, 5, 10**6])


class Exit(World):
    """A world in which somebody has deleted the plugin; pods and Jobs take their time to end."""

    def __init__(self, plugin, platform, policy="Drain", *, ending=0.0, outcome="Complete"):
        deletion = {"policy": policy, "deadline": f"{DEADLINE}s"}
        super().__init__({**plugin, "deletion": deletion}, platform)
        self.settle()
        self.ending, self.outcome, self.ended = ending, outcome, None
        self.deleted = self.now
        self.plugin["metadata"]["deletionTimestamp"] = stamp(self.now)
        self.closed, self.gone, self.orphans, self.news = False, False, [], []

    def go(self, *answers):
        """Look once a second until it is gone, or for ever."""
        for second in range(10 * DEADLINE):
            answer = answers[second % len(answers)]
            self.broker_trouble = answer if answer == DOWN else ""
            todo = leave(self.plugin, self.seen(), None if answer == DOWN else answer)
            self._carry_out(todo)
            if self.gone:
                return self
            self.now += 1
        raise AssertionError("it never goes")

    def _carry_out(self, todo):
        for child in todo.write:
            self.children[child["kind"], child["metadata"]["name"]] = {**child, "status": {}}
        for child in todo.delete:
            del self.children[child["kind"], child["metadata"]["name"]]
        self.news += todo.news
        self.closed |= todo.close
        self.gone, self.orphans = todo.release, todo.orphan
        if ("Deployment", "library") not in self.children:
            self.ended = self.ended or self.now
            if self.now - self.ended >= self.ending:
                self.pods = []
        for job in self.of_kind("Job"):
            job["status"] = {"conditions": [{"type": self.outcome, "status": "True"}]}

    @property
    def took(self):
        return self.now - self.deleted

    @property
    def said(self):
        return [news.reason for news in self.news]


@FEW
@given(PLUGINS, PLATFORMS, BROKERS, SECONDS, st.sampled_from(["Drain", "Purge", "Orphan"]))
def test_every_deletion_ends(plugin, platform, answers, ending, policy):
    exit = Exit(plugin, platform, policy, ending=ending, outcome="Neither").go(*answers)
    assert exit.took <= (2 if policy == "Purge" else 1) * (DEADLINE + GRACE) + GRACE


@FEW
@given(PLUGINS, PLATFORMS)
def test_pods_end_when_nothing_waits_any_more(plugin, platform):
    plugin = {**plugin, "replicas": 2}
    exit = Exit(plugin, platform | MANAGED).go(*[5] * 20, *[0] * 1000)
    assert exit.closed
    assert 20 <= exit.took <= 22
    assert exit.said == []


@FEW
@given(PLUGINS, PLATFORMS)
def test_first_numbers_are_not_believed_because_they_may_be_older_than_the_deletion(
    plugin, platform
):
    assert Exit({**plugin, "replicas": 1}, platform).go(0).took >= FRESH


@FEW
@given(PLUGINS, PLATFORMS, st.sampled_from([7, DOWN]))
def test_what_was_not_finished_within_the_deadline_is_told(plugin, platform, answer):
    exit = Exit({**plugin, "replicas": 1}, platform).go(answer)
    assert exit.said == ["DrainIncomplete"]
    assert DEADLINE <= exit.took <= DEADLINE + 2


@FEW
@given(PLUGINS, PLATFORMS)
def test_orphans_are_left_running_without_an_owner(plugin, platform):
    exit = Exit(plugin, platform, "Orphan")
    everything = [each for (kind, _), each in exit.children.items() if kind != VOLUME]
    assert exit.go(9).orphans == everything
    assert (exit.took, exit.said) == (0, ["Orphaned"])


@FEW
@given(PLUGINS, PLATFORMS)
def test_cascade_of_kubectl_is_understood(plugin, platform):
    exit = Exit(plugin, platform)
    exit.plugin["metadata"]["finalizers"] = ["azora.dev/operator", "orphan"]
    assert exit.go(9).said == ["Orphaned"]


@FEW
@given(PLUGINS, PLATFORMS, st.sampled_from(["Complete", "Failed"]))
def test_what_is_kept_is_purged_when_no_pod_is_left(plugin, platform, outcome):
    exit = Exit({**plugin, "replicas": 1}, platform, "Purge", ending=5, outcome=outcome).go(None)
    (job,) = exit.of_kind("Job")
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert container["command"][:4] == ["azora", "plugins", "uninstall", "library"]
    assert exit.pods == []
    assert bool(exit.of_kind(VOLUME)) == (outcome == "Failed" and "storage" in plugin)
    assert exit.said == [{"Complete": "Purged", "Failed": "PurgeFailed"}[outcome]]


@FEW
@given(PLUGINS, PLATFORMS)
def test_plugin_whose_platform_went_first_goes_too(plugin, platform):
    exit = Exit(plugin, platform, "Purge")
    exit.platform = None
    assert exit.go(None).said == ["PurgeFailed"]


@FEW
@given(PLUGINS, PLATFORMS)
def test_only_what_has_something_to_wait_for_is_held(plugin, platform):
    for policy, given_platform, held in [
        ("Drain", platform, False),
        ("Drain", platform | MANAGED, True),
        ("Orphan", platform, True),
        ("Purge", platform, True),
    ]:
        world = World({**plugin, "deletion": {"policy": policy}}, given_platform)
        world.settle()
        assert bool(world.plugin["metadata"]["finalizers"]) == held
