"""The API server itself refuses what cannot work, and names the field; it takes what we ship."""

import json

import pytest
from manifests.made import plugins
from tests.cluster.campus import platform, plugin
from tests.cluster.kubectl import KubectlError

BAD_PLUGINS = {
    "no platform": ({"platform": None}, '"platform"', "missing required field"),
    "platform is no name": ({"platform": "My Campus"}, "spec.platform", "should match"),
    "negative replicas": ({"replicas": -1}, "spec.replicas", "greater than or equal to 0"),
    "too many replicas": ({"replicas": 1001}, "spec.replicas", "less than or equal to 1000"),
    "no image": ({"image": ""}, "spec.image", "at least 1 chars"),
    "empty command": ({"command": []}, "spec.command", "at least 1 items"),
    "setting of another program": ({"config": {"PATH": "/"}}, "spec.config", "named AZORA_"),
    "no duration": (
        {"migration": {"command": ["x"], "timeout": "ten days"}},
        "spec.migration.timeout",
        "should match",
    ),
    "too short": (
        {"migration": {"command": ["x"], "timeout": "10ms"}},
        "spec.migration.timeout",
        "between 1s and 24h",
    ),
    "no such port": ({"http": {"port": 70000}}, "spec.http.port", "65535"),
    "no quantity": ({"resources": {"memory": "much"}}, "spec.resources.memory", "should match"),
    "the same twice": ({"requires": ["web", "web"]}, "spec.requires", "Duplicate value"),
    "no version": ({"version": "latest"}, "spec.version", "should match"),
    "unnamed Secret": ({"secrets": [{}]}, "spec.secrets[0]", 'missing required field "secret"'),
    "misspelt": ({"imge": "x"}, '"imge"', "unknown field"),
    "fewest above most": (
        {"scaling": {"targetLatency": "1s", "min": 5, "max": 2}},
        "spec.scaling.min",
        "min must not be above max",
    ),
    "no promise": (
        {"scaling": {"max": 3}},
        "spec.scaling",
        'missing required field "targetLatency"',
    ),
    "hasty deadline": ({"healing": {"deadline": "1s"}}, "spec.healing.deadline", "between 10s"),
    "one volume for several": (
        {"storage": {"size": "1Gi"}, "replicas": 2},
        "spec.storage",
        "at most one replica",
    ),
    "no path": ({"http": {"paths": ["library"]}}, "spec.http.paths", "should match"),
    "unconfirmed purge": (
        {"deletion": {"policy": "Purge"}},
        "spec.deletion",
        "confirm it with the plugin's name",
    ),
    "another's purge": (
        {"deletion": {"policy": "Purge", "confirm": "web"}},
        "spec.deletion",
        "confirm it with the plugin's name",
    ),
    "falling steps": (
        {"rollout": {"canary": {"steps": [50, 5]}}},
        "spec.rollout.canary.steps",
        "rising order",
    ),
    "canary that nobody can judge": (
        {"rollout": {"strategy": "Canary"}, "http": None},
        "spec.rollout",
        "give spec.http too",
    ),
    "canary without room": (
        {"rollout": {"strategy": "Canary"}, "storage": {"size": "1Gi"}},
        "spec.rollout",
        "a volume that is shared",
    ),
    "wrong type": ({"paused": "yes"}, "spec.paused", "boolean"),
}


def refused(kubectl, *objects):
    with pytest.raises(KubectlError) as failure:
        kubectl.apply(*objects)
    return str(failure.value)


@pytest.fixture(scope="module")
def kubectl(new_namespace, crds):
    return new_namespace("resources")


@pytest.mark.parametrize(("spec", "field", "why"), BAD_PLUGINS.values(), ids=BAD_PLUGINS)
def test_bad_plugin_is_refused_by_the_name_of_its_field(kubectl, spec, field, why):
    said = refused(kubectl, plugin("bad", **spec))
    assert field in said
    assert why in said


@pytest.mark.parametrize("broker", [None, {"secret": "broker"}], ids=["none", "two"])
def test_platform_without_a_broker_or_with_two_is_refused(kubectl, broker):
    provide = {"broker": {}} if broker else None
    said = refused(kubectl, platform("bad", broker=broker, provide=provide))
    assert "name the Secret of a broker, or have one provided" in said


@pytest.mark.parametrize("make", [plugin, platform])
def test_name_that_leaves_no_room_for_its_children_is_refused(kubectl, make):
    assert "metadata.name: at most 40 characters" in refused(kubectl, make("a" * 41))


@pytest.mark.parametrize("what", ["canary", "preview"])
def test_name_of_another_plugins_canary_is_refused(kubectl, what):
    assert "is of another plugin's canary" in refused(kubectl, plugin(f"library-{what}"))


def test_plugin_cannot_move_to_another_platform(kubectl):
    kubectl.apply(plugin("settled"))
    said = refused(kubectl, plugin("settled", platform="another"))
    assert "spec.platform" in said
    assert "delete it and make it again" in said


def test_explain_tells_what_a_field_means(kubectl):
    assert "rolled out" in kubectl("explain", "azoraplugin.spec.requires")
    assert "RabbitMQ" in kubectl("explain", "az.spec.broker")


def test_columns_tell_the_version_and_the_state(kubectl):
    kubectl.apply(plugin("listed", version="1.2.3"))
    heading, row = kubectl("get", "azp", "listed").splitlines()
    assert heading.split() == ["NAME", "VERSION", "READY", "REASON", "PODS", "AGE"]
    assert row.split()[:2] == ["listed", "1.2.3"]


@pytest.mark.parametrize("path", plugins(), ids=lambda path: path.stem)
def test_manifest_that_azora_describe_writes_is_taken(kubectl, path):
    given = ["--dry-run=server", "--validate=strict", "--output", "json"]
    taken = json.loads(kubectl("apply", "--filename", str(path), *given))
    assert taken["spec"]["platform"] == "azora"
