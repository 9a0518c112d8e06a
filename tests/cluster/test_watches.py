"""A watch whose connection is dead says nothing, as one on which nothing happens: the operator tells them apart."""

import time
import urllib.request

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.cluster.campus import platform, plugin, secret
from tests.cluster.cluster import same
from tests.cluster.operators import Operator
from tests.cluster.relay import Relay

from azora.testing.servers import wait_until

CAUGHT, ENDED = 15.0, 12.0


@pytest.fixture
def relay(whole_cluster):
    between = Relay(whole_cluster.plane.port).start()
    yield between
    between.close()


@pytest.fixture
def operator(whole_cluster, kubectl, crds, relay):
    arguments = ("--namespace", kubectl.namespace, "--watch-seconds=4")
    process = Operator(whole_cluster, kubectl, *arguments, at=relay.port).start()
    kubectl.apply(secret("broker", url="amqp://rabbitmq/"), platform(), plugin(replicas=0))
    kubectl.wait("condition=Ready", "azoraplugin/library")
    yield process
    process.close()


def told(operator, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{operator.port}{path}", timeout=5) as answer:
        return answer.read().decode()


def ages(operator):
    """How long ago each watch was heard of."""
    return [
        sample.value
        for family in text_string_to_metric_families(told(operator, "/metrics"))
        for sample in family.samples
        if sample.name == "azora_operator_watch_age_seconds"
    ]


def test_silent_watches_are_opened_anew(kubectl, operator, relay):
    wait_until(lambda: ages(operator), 10)
    relay.silence()
    silent = time.monotonic()
    kubectl.apply(plugin("late", replicas=0))
    wait_until(lambda: max(ages(operator)) < time.monotonic() - silent - 1, CAUGHT)
    kubectl.wait("condition=Ready", "azoraplugin/late", seconds=20)
    assert told(operator, "/healthz") == "alive\n"


def test_operator_that_is_cut_off_ends_and_goes_on_when_it_is_started_again(
    kubectl, operator, relay
):
    relay.cut()
    assert operator.process.wait(ENDED) == 1
    relay.mend()
    operator.start()
    kubectl("delete", "deployment", "library")
    same(lambda: len(kubectl.items("deployments")), 1, 20)
