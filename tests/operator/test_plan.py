"""The plan, carried out against a model of the API server: it settles, says so, and then does nothing."""

from hypothesis import given, settings
from hypothesis import strategies as st

from azora_operator.plan import Observed, plan
from azora_operator.rendering import PLUGIN_LABEL, secrets_of
from azora_operator.resources import PlatformSpec, PluginSpec

CASES = settings(deadline=None, max_examples=60)

NAMES = st.text("abcdefghij", min_size=1, max_size=8)
SETTINGS = st.dictionaries(
    st.sampled_from(["AZORA_LOG_LEVEL", "AZORA_NAME", "AZORA_METRICS"]), NAMES, max_size=3
)
RESOURCES = st.fixed_dictionaries(
    {}, optional={"cpu": st.sampled_from(["100m", "2"]), "memory": st.sampled_from(["64Mi", "1Gi"])}
)
PLUGINS = st.fixed_dictionaries(
    {
        "platform": st.just("campus"),
        "image": st.sampled_from(["azora:1", "azora:2"]),
        "command": st.just(["azora", "run", "library"]),
        "replicas": st.integers(0, 5),
        "config": SETTINGS,
        "resources": RESOURCES,
    },
    optional={
        "version": st.sampled_from(["1.0", "v2"]),
        "secrets": st.lists(st.builds(lambda n: {"secret": n}, NAMES), max_size=2),
        "migration": st.just({"command": ["azora", "migrate", "library"], "timeout": "1m30s"}),
        "keys": st.just(["plugin-library"]),
        "http": st.builds(lambda port: {"port": port}, st.integers(1, 65535)),
    },
)
PLATFORMS = st.fixed_dictionaries(
    {"broker": st.just({"secret": "broker"}), "config": SETTINGS, "resources": RESOURCES},
    optional={
        "database": st.just({"secret": "database", "key": "uri"}),
        "keys": st.just("keys"),
        "network": st.builds(lambda isolate: {"isolate": isolate}, st.booleans()),
    },
)


class World:
    """As much of a cluster as a plan sees: children that are kept as written, pods that follow."""

    def __init__(self, plugin, platform):
        self.plugin = {
            "metadata": {"name": "library", "namespace": "n", "uid": "u", "generation": 1},
            "spec": plugin,
        }
        self.platform = {"metadata": {"name": "campus"}, "spec": platform}
        self.children = {}
        self.writes = self.deletes = 0

    def edit(self, spec):
        self.plugin["spec"] = spec
        self.plugin["metadata"]["generation"] += 1

    def look(self):
        plugin = PluginSpec.model_validate(self.plugin["spec"])
        platform = PlatformSpec.model_validate(self.platform["spec"])
        secrets = dict.fromkeys(secrets_of(plugin, platform), "hash")
        return plan(self.plugin, Observed(self.platform, dict(self.children), secrets))

    def step(self):
        """Carry one plan out; whether there was anything to do."""
        todo = self.look()
        for child in todo.write:
            key = child["kind"], child["metadata"]["name"]
            before = self.children.get(key)
            assert before is None or before.get("data") == child.get("data"), "immutable"
            assert before is None or child["kind"] != "Job", "the pods of a Job never change"
            generation = before["metadata"]["generation"] + 1 if before else 1
            meta = {**child["metadata"], "generation": generation}
            self.children[key] = {**child, "metadata": meta, "status": {}}
            self.writes += 1
        for child in todo.delete:
            del self.children[child["kind"], child["metadata"]["name"]]
            self.deletes += 1
        self.plugin["status"] = todo.status
        return bool(todo.write or todo.delete)

    def live(self):
        """Jobs complete and pods become ready, as the controllers of Kubernetes would see to."""
        for (kind, _), child in self.children.items():
            if kind == "Job":
                child["status"] = {"conditions": [{"type": "Complete", "status": "True"}]}
            if kind == "Deployment":
                wanted = child["spec"]["replicas"]
                child["status"] = {
                    "observedGeneration": child["metadata"]["generation"],
                    **dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas"), wanted),
                    "availableReplicas": wanted,
                }

    def settle(self):
        for _ in range(8):
            busy = self.step()
            self.live()
            if not busy and not self.look().write and not self.look().delete:
                self.plugin["status"] = self.look().status
                return
        raise AssertionError("it goes on for ever")

    def condition(self, kind):
        told = {each["type"]: each for each in self.plugin["status"]["conditions"]}
        return told[kind]["status"] == "True", told[kind]["reason"]


@CASES
@given(PLUGINS, PLATFORMS)
def test_settles_and_is_ready(plugin, platform):
    world = World(plugin, platform)
    world.settle()
    assert world.condition("Ready") == (True, "Ready")


@CASES
@given(PLUGINS, PLATFORMS)
def test_a_settled_plugin_is_not_written_again(plugin, platform):
    world = World(plugin, platform)
    world.settle()
    before, status = world.writes, world.plugin["status"]
    assert not world.step()
    assert (world.writes, world.plugin["status"]) == (before, status)


@CASES
@given(PLUGINS, PLUGINS, PLATFORMS)
def test_an_edit_leaves_what_a_fresh_campus_would_have(first, second, platform):
    edited, fresh = World(first, platform), World(second, platform)
    edited.settle()
    edited.edit(second)
    edited.settle()
    fresh.settle()
    assert edited.children.keys() == fresh.children.keys()


@CASES
@given(PLUGINS, PLATFORMS, st.data())
def test_whatever_is_deleted_comes_back(plugin, platform, data):
    world = World(plugin, platform)
    world.settle()
    everything = set(world.children)
    for key in data.draw(st.sets(st.sampled_from(sorted(everything)))):
        del world.children[key]
    world.settle()
    assert set(world.children) == everything


@CASES
@given(PLUGINS, PLATFORMS, st.data())
def test_whatever_is_edited_is_rendered_again(plugin, platform, data):
    world = World(plugin, platform)
    world.settle()
    key = data.draw(st.sampled_from(sorted(k for k in world.children if k[0] != "Job")))
    before = world.children[key]["metadata"]["labels"]
    world.children[key]["metadata"] = {
        **world.children[key]["metadata"],
        "labels": {**before, PLUGIN_LABEL: "other"},
    }
    assert key in [(c["kind"], c["metadata"]["name"]) for c in world.look().write]


@CASES
@given(PLUGINS, PLATFORMS)
def test_pods_are_rolled_out_only_when_their_database_is_migrated(plugin, platform):
    world = World(plugin, platform)
    while world.step():
        jobs = {name for kind, name in world.children if kind == "Job"}
        assert not (jobs and ("Deployment", "library") in world.children)
    if "migration" in plugin:
        assert world.condition("Ready") == (False, "Migrating")


@CASES
@given(PLUGINS, PLATFORMS)
def test_paused_plugin_is_told_of_and_not_written(plugin, platform):
    world = World({**plugin, "paused": True}, platform)
    assert not world.step()
    assert world.children == {}


@CASES
@given(PLUGINS, PLATFORMS)
def test_no_secret_value_and_no_privilege_is_in_what_is_written(plugin, platform):
    world = World(plugin, platform)
    world.settle()
    for (kind, _), child in world.children.items():
        if kind in ("Deployment", "Job"):
            pod = child["spec"]["template"]["spec"]
            (container,) = pod["containers"]
            assert pod["securityContext"]["runAsNonRoot"]
            assert not pod["automountServiceAccountToken"]
            assert container["securityContext"]["readOnlyRootFilesystem"]
            assert not container["securityContext"]["allowPrivilegeEscalation"]
