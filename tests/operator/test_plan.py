"""The plan, carried out against a model of the API server: it settles, says so, and then does nothing."""

from hypothesis import given
from hypothesis import strategies as st
from tests.operator.world import CASES, PLATFORMS, PLUGINS, World

from azora_operator.rendering import PLUGIN_LABEL


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
    volumes = {key for key in edited.kept() if key[0] == "PersistentVolumeClaim"}
    assert edited.kept() - volumes == fresh.kept() - volumes


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


@CASES
@given(PLUGINS, PLATFORMS)
def test_paused_platform_stops_the_writes_of_its_plugins(plugin, platform):
    world = World(plugin, platform | {"paused": True})
    assert not world.step()
    assert world.condition("Ready")[1] in ("NotDeployed", "Migrating")
