"""The operator may do what it does and no more: in its own namespace, or in all by choice."""

import pytest
import yaml
from tests.cluster.campus import platform, plugin, secret
from tests.cluster.cluster import same
from tests.cluster.operators import MANIFESTS, Operator

ME, SYSTEM = "azora-operator", "azora-system"
FORBIDDEN = [
    "list secrets",
    "watch secrets",
    "create secrets",
    "create pods",
    "create pods/exec",
    "get pods/log",
    "update azoraplugins.azora.dev",
    "delete azoraplugins.azora.dev",
    "create azoraplatforms.azora.dev",
    "create roles.rbac.authorization.k8s.io",
    "create rolebindings.rbac.authorization.k8s.io",
    "impersonate serviceaccounts",
    "create serviceaccounts/token",
    "delete leases.coordination.k8s.io",
    "list nodes",
    "list namespaces",
    "get customresourcedefinitions.apiextensions.k8s.io",
]
OWN = "azoraplugins.azora.dev", "deployments.apps", "pods"
CAMPUS = secret("broker", url="amqp://rabbitmq/"), platform(), plugin(replicas=2, command=["true"])


@pytest.fixture
def operator(whole_cluster, kubectl, crds):
    process = Operator(whole_cluster, kubectl).start()
    yield process
    process.close()


def test_operator_asks_for_nothing_that_it_may_not_do(whole_cluster, kubectl, operator):
    kubectl.apply(*CAMPUS)
    same(lambda: len(kubectl.items("poddisruptionbudgets")), 1)
    kubectl("scale", "azoraplugin/library", "--replicas=0")
    same(lambda: kubectl.items("poddisruptionbudgets"), [])
    kubectl("delete", "service", "library")
    same(lambda: len(kubectl.items("services")), 1)
    asked = whole_cluster.plane.audited(f"{kubectl.namespace}:{ME}")
    assert {each.resource for each in asked if each.status == 403} == set()
    assert {"deployments", "azoraplugins/status", "secrets"} <= {each.resource for each in asked}


def test_operator_is_refused_what_it_does_not_need(kubectl):
    kubectl("apply", "--kustomize", str(MANIFESTS / "rbac"))
    assert kubectl.may(ME, "get", "secrets")
    assert [each for each in FORBIDDEN if kubectl.may(ME, *each.split())] == []


def test_operator_of_one_namespace_may_do_nothing_in_another(kubectl):
    kubectl("apply", "--kustomize", str(MANIFESTS / "rbac"))
    assert all(kubectl.may(ME, "list", what) for what in OWN)
    assert not any(kubectl.may(ME, "list", what, "default") for what in OWN)


@pytest.fixture
def everywhere(whole_cluster, crds):
    """The operator of the whole cluster, with the rights that manifests/cluster-wide gives."""
    administrator = whole_cluster.kubectl
    base = yaml.safe_load_all(administrator("kustomize", str(MANIFESTS / "cluster-wide")))
    objects = {each["kind"]: each for each in base if each["kind"] != "CustomResourceDefinition"}
    container = objects.pop("Deployment")["spec"]["template"]["spec"]["containers"][0]
    arguments = [each.replace("$(NAMESPACE)", SYSTEM) for each in container["command"][2:]]
    system = administrator.at(SYSTEM)
    system.apply(*objects.values())
    process = Operator(whole_cluster, system, *arguments, rights=False).start()
    yield system
    process.close()
    administrator("delete", "clusterrole,clusterrolebinding", ME)
    administrator("delete", "namespace", SYSTEM, "--wait=false")


def test_one_operator_keeps_the_campuses_of_every_namespace(everywhere, new_namespace):
    campuses = [new_namespace("wide"), new_namespace("wide")]
    for kubectl in campuses:
        kubectl.apply(*CAMPUS[:2], plugin(replicas=0))
    for kubectl in campuses:
        kubectl.wait("condition=Ready", "azoraplugin/library")
    assert [each for each in FORBIDDEN if everywhere.may(ME, *each.split(), "default")] == []
    assert not everywhere.may(ME, "create", "leases.coordination.k8s.io", "default")
