"""The operator end to end: what is applied with kubectl runs, answers calls, and is kept as it was asked."""

import json
import time
from pathlib import Path

import pytest
import requests
import yaml
from tests.cluster.campus import outside, platform, plugin, port_of, secret, within_cluster
from tests.cluster.cluster import IMAGE, same
from tests.cluster.operators import MANIFESTS

from azora.actor import load_keyring, prepare_keys
from azora.client import Client
from azora.context import ACTOR
from azora.loader import load_registry
from azora.testing.servers import wait_until

pytestmark = pytest.mark.needs("rabbitmq", "postgresql")

SMALL = MANIFESTS / "samples" / "small"
KEPT = "deployments,services,configmaps,serviceaccounts,networkpolicies,jobs"
SOON = 10.0
TENDING = {"operation": "library.tend_loans", "schedule": "10 5 * * *"}
SIDECAR = {"name": "sidecar", "image": "azora.test/other:1"}


@pytest.fixture(scope="module")
def kubectl(new_namespace):
    return new_namespace("campus")


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """The keys folder of a campus."""
    folder = tmp_path_factory.mktemp("keys")
    prepare_keys(folder, "campus", load_registry().permissions_elsewhere())
    return folder


@pytest.fixture(scope="module")
def library(whole_cluster, kubectl, operator, rabbitmq, postgresql, keys):
    """The broker's URL of the small campus that we ship as a sample, once its library is Ready."""
    broker, database = rabbitmq.new_vhost(), postgresql.new_database()
    kubectl.apply(
        *outside(whole_cluster, "rabbitmq", port_of(broker)),
        *outside(whole_cluster, "postgresql", port_of(database)),
        secret("azora-broker", url=within_cluster(broker, "rabbitmq")),
        secret("azora-database", url=within_cluster(database, "postgresql")),
        secret("azora-keys", **{path.name: path.read_text() for path in keys.iterdir()}),
        secret("own", AZORA_LOG_LEVEL="warning"),
    )
    shared, shipped = yaml.safe_load_all(kubectl("kustomize", str(SMALL)))
    shipped["spec"] |= {"image": IMAGE, "secrets": [{"secret": "own"}]}
    shipped["spec"] |= {"healing": {"provenAfter": "1s"}, "jobs": [TENDING]}
    shared["spec"] |= {"jobs": "Cluster"}
    kubectl.apply(shared, shipped)
    kubectl.wait("condition=Ready", "azoraplugin/library", seconds=120)
    return broker


@pytest.fixture
def bystander(kubectl, library):
    """A plugin without pods on the same platform: quickly made, and quickly gone."""
    kubectl.apply(plugin("bystander", replicas=0))
    kubectl.wait("condition=Ready", "azoraplugin/bystander")
    yield "bystander"
    kubectl("delete", "azoraplugin", "bystander", "--ignore-not-found")


def versions(kubectl):
    """The versions of everything that the operator writes; an untouched object keeps its own."""
    everything = kubectl.items(f"azora,{KEPT}", "--selector", "!batch.kubernetes.io/job-name")
    return {
        (each["kind"], each["metadata"]["name"]): each["metadata"]["resourceVersion"]
        for each in everything
    }


def test_an_applied_plugin_answers_over_rabbitmq_and_http(kubectl, library):
    with Client(library) as campus:
        assert campus.call("library.search", query="mhudi")["items"] == []
    address = kubectl.get("service", "library")["spec"]["clusterIP"]
    assert requests.get(f"http://{address}/api/library/resources", timeout=10).ok


class Keeper(Client):
    """A client that acts as the campus's keeper, signed by a key that no pod has."""

    def __init__(self, url, keys):
        super().__init__(url)
        self._actor = load_keyring(keys, set(), keeper=True).sign("operator:keeper", {"*"})

    def _properties(self, correlation):
        properties = super()._properties(correlation)
        properties.headers[ACTOR] = self._actor
        return properties


def test_pods_recognise_the_actors_of_the_campus_and_have_no_key_of_another_plugin(
    whole_cluster, kubectl, library, keys
):
    with Keeper(library, keys) as campus:
        added = campus.call("library.add_resource", title="Mhudi", type="BOOK", category="Novel")
    assert added["title"] == "Mhudi"
    (pod,) = pods(kubectl, "library")
    folder = Path(f"/proc/{whole_cluster.pod_pid(pod, 'plugin')}/root/etc/azora/keys")
    assert {path.name for path in folder.iterdir()} == {"ring.json", "plugin-library.key"}


def test_job_is_a_cronjob_that_runs_it_once_for_its_time(whole_cluster, kubectl, library):
    for name, said in [("first", "is done"), ("again", "was left")]:
        kubectl("create", "job", name, "--from=cronjob/library-job-tend-loans")
        kubectl.wait("condition=Complete", f"job/{name}", seconds=60)
        (pod,) = kubectl.items("pods", "--selector", f"batch.kubernetes.io/job-name={name}")
        assert f"library.tend_loans {said}" in whole_cluster.log(pod["metadata"]["name"], "job")
        kubectl("delete", "job", name)


def test_first_administrator_of_a_secret_signs_in_and_chooses_a_password(kubectl, library):
    email, password = "keeper@campus.example", "four words of ours"
    names = "AZORA_IDENTITY_ADMINISTRATOR_EMAIL", "AZORA_IDENTITY_ADMINISTRATOR_PASSWORD"
    kubectl.apply(
        secret("azora-administrator", **dict(zip(names, (email, password), strict=True))),
        plugin(
            "identity",
            migration={"command": ["azora", "migrate", "identity"]},
            keys=["people", "plugin-identity"],
            secrets=[{"secret": "azora-administrator"}],
        ),
    )
    kubectl.wait("condition=Ready", "azoraplugin/identity", seconds=60)
    address = kubectl.get("service", "identity")["spec"]["clusterIP"]
    given = {"email": email, "password": password}
    asked = lambda: requests.post(f"http://{address}/api/identity/sessions", json=given, timeout=10)  # noqa: E731
    same(lambda: asked().status_code, 201)
    assert asked().json()["must_change_password"]
    kubectl("delete", "azoraplugin", "identity")


def test_small_campus_passes_its_own_check(whole_cluster, kubectl, library):
    said = whole_cluster.run([str(SMALL / "check.sh")], kubectl.namespace)
    assert "azoraplugin.azora.dev/library condition met" in said


def test_platform_counts_its_ready_plugins(kubectl, library):
    same(lambda: kubectl.get("azoraplatform", "azora")["status"]["plugins"], "1/1")


def test_conditions_tell_the_edit_that_they_are_about(kubectl, library):
    found = kubectl.get("azoraplugin", "library")
    assert found["status"]["observedGeneration"] == found["metadata"]["generation"]
    told = {each["type"]: each["reason"] for each in found["status"]["conditions"]}
    assert told == {
        "Accepted": "Accepted",
        "Migrated": "Migrated",
        "Available": "Available",
        "Degraded": "Healthy",
        "Ready": "Ready",
    }


@pytest.mark.parametrize("kind", ["service", "networkpolicy", "deployment", "serviceaccount"])
def test_deleted_child_is_back_within_ten_seconds(kubectl, bystander, kind):
    before = kubectl.get(kind, bystander)["metadata"]["uid"]
    kubectl("delete", kind, bystander)
    wait_until(lambda: back(kubectl, kind, bystander) not in (None, before), SOON)


def back(kubectl, kind, name):
    found = kubectl.items(kind, "--field-selector", f"metadata.name={name}")
    return found[0]["metadata"]["uid"] if found else None


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("service", "/spec/ports/0/port", 8080),
        ("networkpolicy", "/spec/ingress", []),
        ("deployment", "/spec/template/spec/containers/0/image", "azora.test/other:1"),
        ("deployment", "/spec/template/spec/containers/-", SIDECAR),
        ("deployment", "/metadata/labels/azora.dev~1plugin", "somebody-else"),
    ],
    ids=["port", "network", "image", "sidecar", "label"],
)
def test_edited_child_is_as_before_within_ten_seconds(kubectl, bystander, kind, path, value):
    def fields():
        found = kubectl.get(kind, bystander)
        return found["spec"], found["metadata"]["labels"]

    before = fields()
    edit = [{"op": "add" if path.endswith("-") else "replace", "path": path, "value": value}]
    kubectl("patch", kind, bystander, "--type=json", "--patch", json.dumps(edit))
    same(fields, before, SOON)


def test_an_operator_that_starts_over_what_is_as_it_should_be_writes_nothing(
    whole_cluster, kubectl, operator, bystander
):
    wait_until(lambda: "lastGoodRevision" in kubectl.get("azp", "library")["status"], 20)
    same(lambda: kubectl.get("azoraplatform", "azora")["status"]["plugins"], "2/2")
    before = versions(kubectl)
    operator.restart()
    kubectl("delete", "service", bystander)
    wait_until(lambda: back(kubectl, "service", bystander), SOON)
    after = versions(kubectl)
    changed = {key for key in before if before[key] != after.get(key)}
    assert changed <= {("Service", bystander)}, changed


def test_paused_plugin_is_left_alone_until_it_goes_on(kubectl, bystander):
    change(kubectl, bystander, paused=True)
    same(lambda: reason(kubectl, bystander), "Paused")
    kubectl("delete", "service", bystander)
    kubectl("annotate", "azoraplugin", bystander, "touched=yes")
    wait_until(lambda: observed_twice(kubectl, bystander), SOON)
    assert back(kubectl, "service", bystander) is None
    change(kubectl, bystander, paused=False)
    wait_until(lambda: back(kubectl, "service", bystander), SOON)


def test_what_would_be_done_is_read_before_it_is_done(kubectl, bystander):
    kubectl("annotate", "azoraplugin", bystander, "azora.dev/plan=true")
    before = kubectl.get("deployment", bystander)["metadata"]["generation"]
    change(kubectl, bystander, resources={"cpu": "70m"})
    field = "spec.template.spec.containers[plugin].resources.requests.cpu"
    line = f"change Deployment/{bystander}: {field}: 50m → 70m"
    wait_until(lambda: line in planned(kubectl, bystander), SOON)
    assert kubectl.get("deployment", bystander)["metadata"]["generation"] == before
    kubectl("annotate", "azoraplugin", bystander, "azora.dev/plan-")
    same(lambda: planned(kubectl, bystander), [], SOON)


def planned(kubectl, name):
    return kubectl.get("azoraplugin", name)["status"].get("plan", [])


def reason(kubectl, name, condition="Ready"):
    told = kubectl.get("azoraplugin", name).get("status", {}).get("conditions", [])
    return next((each["reason"] for each in told if each["type"] == condition), None)


def observed_twice(kubectl, name):
    """An edit that was made after another has been seen: so has the other."""
    change(kubectl, name, version=f"1.0.{time.monotonic_ns()}")
    generation = kubectl.get("azoraplugin", name)["metadata"]["generation"]

    def seen():
        return kubectl.get("azoraplugin", name)["status"]["observedGeneration"] >= generation

    return wait_until(seen, SOON)


def test_kubectl_scale_changes_the_pods(kubectl, bystander):
    kubectl("scale", f"azoraplugin/{bystander}", "--replicas=2")
    same(lambda: kubectl.get("deployment", bystander)["spec"]["replicas"], 2, SOON)
    assert back(kubectl, "poddisruptionbudget", bystander)
    kubectl("scale", f"azoraplugin/{bystander}", "--replicas=0")
    same(lambda: back(kubectl, "poddisruptionbudget", bystander), None, SOON)


def test_broken_image_is_told_while_the_pods_before_it_go_on(kubectl, library):
    before = kubectl.get("azoraplugin", "library")["spec"]
    change(kubectl, "library", image="azora.test/absent:1", migration=None)
    same(lambda: reason(kubectl, "library"), "RollingOut", SOON)
    with Client(library) as campus:
        campus.call("library.search", query="mhudi")
    change(kubectl, "library", image=before["image"], migration=before["migration"])
    kubectl.wait("condition=Ready", "azoraplugin/library", seconds=60)


def change(kubectl, name, **spec):
    patch = json.dumps({"spec": spec})
    kubectl("patch", "azoraplugin", name, "--type=merge", "--patch", patch)


def test_changed_secret_replaces_the_pods_that_read_it_and_no_others(kubectl, library, bystander):
    (before,) = pods(kubectl, "library")
    untouched = kubectl.get("deployment", bystander)["metadata"]["generation"]
    kubectl.apply(secret("own", AZORA_LOG_LEVEL="info"))
    wait_until(lambda: pods(kubectl, "library") not in ([before], []), 30)
    kubectl.wait("condition=Ready", "azoraplugin/library")
    same(lambda: before in pods(kubectl, "library"), False, 40)
    assert kubectl.get("deployment", bystander)["metadata"]["generation"] == untouched


def pods(kubectl, name):
    found = kubectl.items("pods", "--selector", f"azora.dev/plugin={name}")
    return [pod["metadata"]["name"] for pod in found]


def test_plugin_says_what_it_lacks_and_goes_on_when_it_is_there(kubectl, library):
    kubectl.apply(plugin("early", platform="later", replicas=0))
    same(lambda: reason(kubectl, "early"), "PlatformMissing", SOON)
    kubectl.apply(platform("later", broker={"secret": "later-broker"}))
    same(lambda: reason(kubectl, "early"), "SecretMissing", SOON)
    kubectl.apply(secret("later-broker", url="amqp://rabbitmq/"))
    kubectl.wait("condition=Ready", "azoraplugin/early", seconds=20)
    kubectl("delete", "azoraplugin/early", "azoraplatform/later")


def test_plugin_waits_for_what_it_requires(kubectl, library):
    kubectl.apply(plugin("dependent", requires=["bystander"], replicas=0))
    same(lambda: reason(kubectl, "dependent"), "RequirementNotReady", SOON)
    kubectl.apply(plugin("bystander", replicas=0))
    kubectl.wait("condition=Ready", "azoraplugin/dependent")
    kubectl("delete", "azoraplugin/dependent", "azoraplugin/bystander")


def test_deleted_plugin_leaves_nothing(kubectl, library, bystander):
    kubectl("delete", "azoraplugin", bystander)
    left = f"{KEPT},poddisruptionbudgets,pods"
    chosen = f"azora.dev/plugin={bystander}"
    same(lambda: kubectl.items(left, "--selector", chosen), [], SOON)
