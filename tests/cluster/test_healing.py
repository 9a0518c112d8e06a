"""Pods that fail on a real cluster: a broken revision is undone, remembered, and not quarrelled about."""

import json

import pytest
from tests.cluster.campus import platform, plugin, secret
from tests.cluster.cluster import same

SOON = 30.0
IDLE, BROKEN = ["sleep", "1000"], ["sh", "-c", "exit 3"]
HASTY = {"provenAfter": "1s", "deadline": "10s", "budget": 100}


@pytest.fixture(scope="module")
def kubectl(new_namespace):
    return new_namespace("healing")


@pytest.fixture
def idle(kubectl, operator):
    """A plugin with one pod, whose revision is known to be good."""
    kubectl.apply(secret("broker", url="amqp://rabbitmq/"), platform())
    given = plugin("idle", command=IDLE, http=None, healing=HASTY)
    kubectl.apply(given)
    same(lambda: is_good(kubectl), True, SOON)
    yield given
    kubectl("delete", "azoraplugin", "idle", "--wait=false")


def status(kubectl):
    return kubectl.get("azoraplugin", "idle").get("status", {})


def is_good(kubectl):
    told = status(kubectl)
    return told.get("revision") is not None and told["revision"] == told.get("lastGoodRevision")


def degraded(kubectl):
    told = {each["type"]: each for each in status(kubectl).get("conditions", ())}
    return told["Degraded"]["reason"]


def change(kubectl, **spec):
    patch = json.dumps({"spec": spec})
    kubectl("patch", "azoraplugin", "idle", "--type=merge", "--patch", patch)


def pods(kubectl):
    found = kubectl.items("pods", "--selector", "azora.dev/plugin=idle")
    return {p["metadata"]["uid"] for p in found if "deletionTimestamp" not in p["metadata"]}


def told(kubectl, reason):
    return len(kubectl.items("events", "--field-selector", f"reason={reason}"))


def test_crashing_revision_is_undone_and_the_next_one_tried(kubectl, operator, idle):
    before = pods(kubectl)
    change(kubectl, command=BROKEN)
    same(lambda: degraded(kubectl), "RolledBack", SOON)
    same(lambda: pods(kubectl), before, SOON)
    wanted = kubectl.get("azoraplugin", "idle")
    assert wanted["spec"]["command"] == BROKEN
    kubectl.apply(idle | {"spec": idle["spec"] | {"command": BROKEN}})
    operator.restart()
    change(kubectl, replicas=2)
    generation = wanted["metadata"]["generation"]
    same(lambda: status(kubectl)["observedGeneration"] > generation, True, SOON)
    change(kubectl, command=["sleep", "2000"])
    kubectl.wait("condition=Ready", "azoraplugin/idle", seconds=30)
    assert degraded(kubectl) == "Healthy"
    assert pods(kubectl) != before


def test_revision_that_never_answers_is_undone_by_its_deadline(kubectl, idle):
    before, reports = pods(kubectl), told(kubectl, "RolledBack")
    change(kubectl, image="azora.test/absent:1")
    same(lambda: degraded(kubectl), "RolledBack", SOON)
    same(lambda: pods(kubectl), before, SOON)
    assert told(kubectl, "RolledBack") == reports + 1
