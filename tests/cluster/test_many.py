"""Many plugins: all are rolled out, and an operator that starts over them writes nothing at all."""

import json

import pytest
from tests.cluster.campus import platform, plugin, secret
from tests.cluster.cluster import same
from tests.cluster.operators import Operator

from azora.testing.servers import wait_until

MANY, SETTLED = 60, 10.0


@pytest.fixture
def operator(whole_cluster, kubectl, crds):
    process = Operator(whole_cluster, kubectl)
    yield process
    process.close()


def settled(operator):
    """What each start of the operator says once it has looked at everything."""
    lines = map(json.loads, operator.log.read_text().splitlines())
    return [line for line in lines if line["event"] == "settled"]


def test_many_plugins_are_rolled_out_and_then_left_alone(whole_cluster, kubectl, operator):
    def written():
        account = f"{kubectl.namespace}:azora-operator"
        return [each for each in whole_cluster.plane.audited(account) if each.writes]

    many = [plugin(f"p{number}", replicas=0, http=None) for number in range(MANY)]
    kubectl.apply(secret("broker", url="amqp://rabbitmq/"), platform(), *many)
    operator.start()
    ready = lambda: kubectl.get("az", "azora").get("status", {}).get("plugins")  # noqa: E731
    same(ready, f"{MANY}/{MANY}", 60)
    operator.stop()
    before = written()
    assert len(before) > 5 * MANY
    operator.start()
    wait_until(lambda: len(settled(operator)) == 2, SETTLED)
    assert settled(operator)[1]["plugins"] == MANY
    operator.stop()
    assert written() == before
