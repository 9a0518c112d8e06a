"""What the operator tells of itself: Events that count on, figures for Prometheus, and lines of JSON."""

import json
import urllib.request

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.cluster.campus import platform, plugin, secret
from tests.cluster.operators import Operator

from azora.testing.servers import wait_until

NONE = {"count/deployments.apps": "0"}
NO_DEPLOYMENTS = {
    "apiVersion": "v1",
    "kind": "ResourceQuota",
    "metadata": {"name": "none"},
    "spec": {"hard": NONE},
}
PATCH_STATUS = ("patch", "resourcequota", "none", "--subresource=status", "--type=merge")
"""What a controller of Kubernetes does that this cluster has not."""


@pytest.fixture
def operator(whole_cluster, kubectl, crds):
    process = Operator(whole_cluster, kubectl).start()
    yield process
    process.close()


def events(kubectl, reason):
    found = kubectl.items("events", "--field-selector", f"reason={reason}")
    return [(each["involvedObject"]["name"], each["count"], each["message"]) for each in found]


def figures(operator):
    """What is counted, by name and labels."""
    with urllib.request.urlopen(f"http://127.0.0.1:{operator.port}/metrics", timeout=5) as answer:
        families = text_string_to_metric_families(answer.read().decode())
    samples = [sample for family in families for sample in family.samples]
    return {(each.name, *each.labels.values()): each.value for each in samples}


def test_refusal_is_told_in_one_event_that_counts_on_until_it_passes(kubectl, operator):
    kubectl.apply(NO_DEPLOYMENTS)
    counted = {"hard": NONE, "used": NONE}
    kubectl(*PATCH_STATUS, "--patch", json.dumps({"status": counted}))
    kubectl.apply(secret("broker", url="amqp://rabbitmq/"), platform(), plugin(replicas=0))
    wait_until(lambda: any(count > 2 for _, count, _ in events(kubectl, "WriteRefused")), 20)
    ((name, _, message),) = events(kubectl, "WriteRefused")
    assert name == "library"
    assert "exceeded quota" in message
    counted = figures(operator)
    assert counted["azora_operator_failing",] == 1
    assert counted["azora_operator_refusals_total", "PATCH", "403"] > 2
    assert counted["azora_operator_reconciles_total", "AzoraPlugin", "failed"] > 2
    assert counted["azora_operator_leading",] == 1
    kubectl("delete", "resourcequota", "none")
    kubectl.wait("condition=Ready", "azoraplugin/library", seconds=40)
    counted = figures(operator)
    assert counted["azora_operator_failing",] == 0
    assert counted["azora_operator_writes_total", "PATCH", "deployments"] >= 1
    assert counted["azora_operator_queue_depth",] == 0
    said = [json.loads(line) for line in operator.log.read_text().splitlines()]
    assert {"applied", "leading", "settled"} <= {line["event"] for line in said}


def test_missing_secret_is_told_once_and_once_more_when_it_is_there(kubectl, operator):
    kubectl.apply(platform(), plugin(replicas=0))
    wait_until(lambda: events(kubectl, "SecretMissing"), 10)
    kubectl.apply(secret("broker", url="amqp://rabbitmq/"))
    wait_until(lambda: events(kubectl, "Accepted"), 25)
    assert {name: count for name, count, _ in events(kubectl, "SecretMissing")} == {"library": 1}
    ((_, _, message),) = events(kubectl, "Accepted")
    assert message == "the resource is good (it was SecretMissing)"
