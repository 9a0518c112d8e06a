"""Two replicas of the operator: one works, the other takes over when it is killed."""

import pytest
from tests.cluster.campus import platform, plugin, secret
from tests.cluster.operators import Operator

from azora.testing.servers import wait_until

TAKEN_OVER = 15.0


@pytest.fixture
def replicas(whole_cluster, kubectl, crds):
    pair = [Operator(whole_cluster, kubectl).start() for _ in range(2)]
    yield {operator.process.pid: operator for operator in pair}
    for operator in pair:
        operator.close()


def holder(kubectl):
    """The process that holds the Lease."""
    leases = kubectl.items("leases", "--field-selector", "metadata.name=azora-operator")
    identity = leases[0]["spec"].get("holderIdentity") if leases else None
    return int(identity.split("_")[1]) if identity else None


def made(kubectl, name):
    return kubectl.items("deployments", "--field-selector", f"metadata.name={name}")


def test_another_replica_acts_within_15_s_when_the_active_one_is_killed(kubectl, replicas):
    kubectl.apply(secret("broker", url="amqp://rabbitmq/"), platform())
    wait_until(lambda: holder(kubectl) in replicas, TAKEN_OVER)
    active = holder(kubectl)
    replicas[active].kill()
    kubectl.apply(plugin("library", replicas=0))
    wait_until(lambda: made(kubectl, "library"), TAKEN_OVER)
    assert holder(kubectl) in replicas.keys() - {active}


def test_a_replica_that_stops_hands_over_at_once(kubectl, replicas):
    kubectl.apply(secret("broker", url="amqp://rabbitmq/"), platform())
    wait_until(lambda: holder(kubectl) in replicas, TAKEN_OVER)
    active = holder(kubectl)
    replicas[active].stop()
    wait_until(lambda: holder(kubectl) in replicas.keys() - {active}, 4)
