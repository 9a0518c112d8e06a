"""A hundred plugins: all are rolled out, and an operator that starts over them touches nothing."""

import json

import pytest
from tests.cluster.campus import platform, plugin, secret
from tests.cluster.cluster import same
from tests.cluster.operators import Operator

from azora.testing.servers import wait_until

MANY = 100


@pytest.fixture
def operator(whole_cluster, kubectl, crds):
    process = Operator(whole_cluster, kubectl)
    yield process
    process.close()


def settled(operator):
    """What each start of the operator says once it has looked at everything."""
    lines = map(json.loads, operator.log.read_text().splitlines())
    return [line for line in lines if line["event"] == "settled"]


def test_many_plugins_are_rolled_out_and_then_left_alone(kubectl, operator):
    many = [plugin(f"p{number}", replicas=0) for number in range(MANY)]
    kubectl.apply(secret("broker", url="amqp://rabbitmq/"), platform(), *many)
    operator.start()
    ready = lambda: kubectl.get("az", "azora").get("status", {}).get("plugins")  # noqa: E731
    same(ready, f"{MANY}/{MANY}", 60)
    operator.restart()
    wait_until(lambda: len(settled(operator)) == 2, 20)
    assert settled(operator)[1]["plugins"] == MANY
    assert settled(operator)[1]["writes"] == 0
