"""The cluster of these tests: started once, with what it needs named where that is missing."""

import os
from collections.abc import Iterator

import pytest
from tests.cluster import building
from tests.cluster.cluster import Cluster
from tests.cluster.kubectl import Kubectl

from azora.testing.parts import leave_out


@pytest.fixture(scope="session")
def whole_cluster() -> Iterator[Cluster]:
    """A private Kubernetes with one node, whose pods are processes of this machine."""
    binaries = building.built()
    if binaries is None:
        leave_out("kubernetes", "is not built here (python -m tests.cluster.building)")
    if os.geteuid() != 0:
        leave_out("kubernetes", "needs root here, for the network namespaces of its pods")
    cluster = Cluster(binaries).start()
    yield cluster
    cluster.close()


@pytest.fixture
def cluster(whole_cluster: Cluster) -> Cluster:
    return whole_cluster


@pytest.fixture
def kubectl(cluster: Cluster, request: pytest.FixtureRequest) -> Iterator[Kubectl]:
    """kubectl in a namespace of the test's own, which is gone afterwards."""
    name = request.node.name.partition("[")[0].replace("_", "-")[:50].strip("-")
    client = cluster.kubectl.within(f"{name}-{os.urandom(3).hex()}")
    yield client
    client("delete", "namespace", client.namespace, "--wait=false")
