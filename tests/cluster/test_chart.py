"""The charts on a real control plane, as the workflows deploy them: installed, tried, taken back, taken away."""

import os
from pathlib import Path

import pytest
from tests.cluster.campus import outside, port_of, secret, within_cluster
from tests.cluster.cluster import IMAGE, same
from tests.cluster.controlplane import TOKEN
from tests.cluster.operators import MANIFESTS, Operator
from tests.shipping.programs import CHARTS, RefusedError, built, helm, run

from azora.actor import prepare_keys
from azora.loader import load_registry

AZORA, CRDS = str(CHARTS / "azora"), str(CHARTS / "azora-crds")
REPOSITORY, _, TAG = IMAGE.rpartition(":")
CAMPUS = {
    # The pods of an operator are not run here: its process is, with the rights that the chart gives.
    "operator.replicas": 0,
    "image.repository": REPOSITORY,
    "image.tag": TAG,
    "platform.enabled": "true",
    "plugins.identity.enabled": "false",
    "plugins.nexus.enabled": "false",
    "plugins.web.enabled": "false",
}


def setting(values):
    return [f"--set={name}={value}" for name, value in values.items()]


@pytest.fixture(scope="module")
def kubectl(new_namespace):
    return new_namespace("chart")


@pytest.fixture(scope="module")
def release(whole_cluster, kubectl, tmp_path_factory):
    """Runs a command as the cluster's administrator in the namespace of these tests."""
    home = tmp_path_factory.mktemp("home")
    (home / "kubeconfig").write_text(whole_cluster.plane.client_config(TOKEN, kubectl.namespace))
    path = f"{Path(built('helm')).parent}:{os.environ['PATH']}"
    given = {"KUBECONFIG": str(home / "kubeconfig"), "HOME": str(home), "PATH": path}
    return lambda *command, **environment: run(command, **given, **environment)


@pytest.fixture(scope="module")
def campus(whole_cluster, kubectl, crds, release, rabbitmq, postgresql, tmp_path_factory):
    """The operator, with the rights that the chart gives, and what a campus of the library needs."""
    keys = tmp_path_factory.mktemp("keys")
    prepare_keys(keys, "campus", load_registry().permissions_elsewhere())
    broker, database = rabbitmq.new_vhost(), postgresql.new_database()
    kubectl.apply(
        *outside(whole_cluster, "rabbitmq", port_of(broker)),
        *outside(whole_cluster, "postgresql", port_of(database)),
        secret("azora-broker", url=within_cluster(broker, "rabbitmq")),
        secret("azora-database", url=within_cluster(database, "postgresql")),
        secret("azora-keys", **{path.name: path.read_text() for path in keys.iterdir()}),
    )
    release("helm", "upgrade", "--install", "--take-ownership", "azora-crds", CRDS)
    release("helm", "install", "azora", AZORA, "--set=operator.replicas=0")
    operator = Operator(whole_cluster, kubectl, rights=False).start()
    yield release
    operator.close()


@pytest.mark.needs("rabbitmq", "postgresql")
def test_deployed_campus_is_tried_taken_back_when_it_fails_and_goes_away(kubectl, campus):
    deploy = (".ci/deploy", CRDS, AZORA, *setting(CAMPUS))
    assert "Phase:          Succeeded" in campus(*deploy)
    assert kubectl.get("deployment", "library")["status"]["readyReplicas"] == 1
    broken = setting({"plugins.library.spec.image": "azora.test/absent:1"})
    with pytest.raises(RefusedError, match="Revision 2 runs again"):
        campus(*deploy, *broken, DEPLOY_TIMEOUT="20s")
    assert kubectl.get("azoraplugin", "library")["spec"]["image"] == IMAGE
    kubectl.wait("condition=Ready", "azoraplugin/library")
    campus("helm", "uninstall", "azora")
    left = "deployments,services,networkpolicies,azora,roles,rolebindings"
    same(lambda: [each["metadata"]["name"] for each in kubectl.items(left)], OUTSIDE)
    assert kubectl("get", "crd", "azoraplugins.azora.dev", "--output=name").strip()


OUTSIDE = ["postgresql", "rabbitmq"]
"""The Services that the test made itself."""


@pytest.mark.parametrize("values", ["campus", "chosen", "wide"])
def test_what_the_chart_renders_is_taken_where_pods_are_restricted(kubectl, crds, values):
    kubectl("label", "namespace", kubectl.namespace, "--overwrite", RESTRICTED)
    given = f"{AZORA}/ci/{values}-values.yaml"
    objects = helm("template", "x", AZORA, "--namespace", kubectl.namespace, "--values", given)
    taken = kubectl("apply", *STRICT, "--filename=-", input=objects)
    assert "Warning" not in taken


RESTRICTED = "pod-security.kubernetes.io/warn=restricted"
STRICT = ["--dry-run=server", "--validate=strict", "--warnings-as-errors"]


def test_one_file_installs_the_operator(kubectl, crds):
    install = str(MANIFESTS / "install.yaml")
    assert "deployment.apps/azora-operator" in kubectl("apply", *STRICT, "--filename", install)
