"""The cluster of these tests: started once, with what it needs named where that is missing."""

import os
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.cluster import building
from tests.cluster.cluster import Cluster
from tests.cluster.kubectl import Kubectl
from tests.cluster.operators import MANIFESTS, Operator

from azora.testing.parts import leave_out


@pytest.fixture(scope="session")
def whole_cluster() -> Iterator[Cluster]:
    """A private Kubernetes with one node, whose pods are processes of this machine."""
    binaries = building.built()
    if binaries is None:
        leave_out("kubernetes", "is not built here (python -m tests.cluster.building)")
    try:
        cluster = Cluster(binaries)
    except (OSError, subprocess.CalledProcessError):
        leave_out("kubernetes", "may not make network namespaces here, which takes root and ip")
    cluster.start()
    yield cluster
    cluster.close()


@pytest.fixture
def cluster(whole_cluster: Cluster) -> Cluster:
    return whole_cluster


@pytest.fixture(scope="session")
def new_namespace(whole_cluster: Cluster) -> Iterator[Callable[[str], Kubectl]]:
    """`new_namespace("name")`: kubectl in a namespace that nobody else uses, gone at the end."""
    made: list[Kubectl] = []

    def make(name: str) -> Kubectl:
        made.append(whole_cluster.kubectl.within(f"{name}-{os.urandom(3).hex()}"))
        return made[-1]

    yield make
    for client in made:
        client("delete", "namespace", client.namespace, "--wait=false")


@pytest.fixture
def kubectl(new_namespace: Callable[[str], Kubectl]) -> Kubectl:
    """kubectl in a namespace of the test's own."""
    return new_namespace("test")


@pytest.fixture(scope="session")
def crds(whole_cluster: Cluster) -> None:
    """Azora's own kinds are known."""
    whole_cluster.kubectl("apply", "--kustomize", str(MANIFESTS / "crds"))
    for plural in ("azoraplatforms", "azoraplugins"):
        whole_cluster.kubectl.wait("condition=Established", f"crd/{plural}.azora.dev")


@pytest.fixture(scope="module")
def operator(whole_cluster: Cluster, kubectl: Kubectl, crds: None) -> Iterator[Operator]:
    """The operator, for modules that have one namespace, and thus a `kubectl` of the module."""
    process = Operator(whole_cluster, kubectl).start()
    yield process
    process.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """A failed test shows the end of its operator's log, and what became of its pods."""
    report = yield
    if report.failed:
        given = getattr(item, "funcargs", {})
        if isinstance(operator := given.get("operator"), Operator):
            report.sections.append(("log of the operator", operator.log.read_text()[-4000:]))
        if isinstance(client := given.get("kubectl"), Kubectl):
            report.sections.append(("pods", client("describe", "pods")[-4000:]))
            logs = given["whole_cluster"].logs(client.namespace)
            report.sections.append(("logs of the pods", logs[-6000:]))
    return report
