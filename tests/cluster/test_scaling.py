"""A plugin of somebody else's on a real broker: pods come and go with the work, and what is stuck or gone is seen to."""

import json
import shutil
from pathlib import Path

import pika
import pytest
from tests.cluster.broker import ManagedRabbitMQ
from tests.cluster.campus import outside, platform, plugin, port_of, secret, within_cluster
from tests.cluster.cluster import EXTENDED, same

from azora.client import Client
from azora.testing.servers import wait_until

pytestmark = pytest.mark.needs("rabbitmq")

SOURCE = Path(__file__).parent / "slow"
CALLS = 180
SLOW = plugin(
    "slow",
    image=EXTENDED,
    command=["sh", "-c", "azora migrate slow && exec azora run slow"],
    config={"AZORA_MAX_WORKERS": "2"},
    scaling={
        "targetLatency": "500ms",
        "max": 3,
        "stabilization": "5s",
        "toZero": True,
        "idleAfter": "10s",
    },
)


@pytest.fixture(scope="module")
def kubectl(new_namespace):
    return new_namespace("scaling")


@pytest.fixture(scope="module")
def broker():
    server = ManagedRabbitMQ().start()
    yield server
    server.close()


@pytest.fixture(scope="module")
def campus(whole_cluster, kubectl, operator, broker):
    """The broker's URL of a campus with one slow plugin."""
    whole_cluster.extend(shutil.copytree(SOURCE, whole_cluster.folder / "slow"))
    url = broker.new_vhost()
    kubectl.apply(
        *outside(whole_cluster, "rabbitmq", port_of(url)),
        secret("broker", url=within_cluster(url, "rabbitmq")),
        secret("management", url=broker.management),
        platform(management={"secret": "management"}),
        SLOW,
    )
    kubectl.wait("condition=Ready", "azoraplugin/slow", seconds=60)
    return url


def pods(kubectl):
    return kubectl.get("deployment", "slow")["spec"]["replicas"]


def condition(kubectl, kind, name, of):
    told = kubectl.get(kind, name)["status"]["conditions"]
    return next(each["status"] for each in told if each["type"] == of)


def running(kubectl):
    found = kubectl.items("pods", "--selector", "azora.dev/plugin=slow")
    return {p["metadata"]["name"] for p in found if "deletionTimestamp" not in p["metadata"]}


def events(kubectl, reason):
    return len(kubectl.items("events", "--field-selector", f"reason={reason}"))


def ask(channel, queue, calls):
    """Ask for work that takes a fifth of a second, without waiting for its end."""
    body = json.dumps({"args": [], "kwargs": {"seconds": 0.2}}).encode()
    for number in range(calls):
        properties = pika.BasicProperties(
            reply_to=queue, correlation_id=str(number), content_type="application/json"
        )
        channel.basic_publish("nameko-rpc", "slow.take", body, properties)


def test_pods_follow_the_work_and_no_call_is_lost(kubectl, campus):
    with pika.BlockingConnection(pika.URLParameters(campus)) as connection:
        channel = connection.channel()
        queue = channel.queue_declare("", exclusive=True).method.queue
        channel.queue_bind(queue, "nameko-rpc", queue)
        ask(channel, queue, CALLS)
        wait_until(lambda: pods(kubectl) >= 2, 30)
        answered = []
        for _, properties, body in channel.consume(queue, inactivity_timeout=30):
            assert json.loads(body)["error"] is None
            answered.append(properties.correlation_id)
            if len(answered) == CALLS:
                break
        assert sorted(map(int, answered)) == list(range(CALLS))
    same(lambda: pods(kubectl), 0, 40)
    same(lambda: condition(kubectl, "azoraplugin", "slow", "Ready"), "True")


def test_first_call_wakes_a_plugin_that_has_no_pods(kubectl, campus):
    same(lambda: pods(kubectl), 0, 40)
    with Client(campus, timeout=30) as client:
        assert client.call("slow.take", seconds=0) == {"seconds": 0.0}
    assert pods(kubectl) == 1


def test_call_wakes_it_although_its_queue_was_deleted(kubectl, campus):
    same(lambda: pods(kubectl), 0, 40)
    with pika.BlockingConnection(pika.URLParameters(campus)) as connection:
        connection.channel().queue_delete("rpc-slow")
    wait_until(lambda: events(kubectl, "TopologyRestored") == 1, 30)
    with Client(campus, timeout=30) as client:
        assert client.call("slow.take", seconds=0) == {"seconds": 0.0}


def test_binding_that_is_gone_is_declared_again(kubectl, campus):
    kubectl("patch", "azp", "slow", "--type=json", "--patch", json.dumps(AWAKE))
    same(lambda: pods(kubectl), 2)
    with pika.BlockingConnection(pika.URLParameters(campus)) as connection:
        connection.channel().queue_unbind("rpc-slow", "nameko-rpc", "slow.*")
    wait_until(lambda: events(kubectl, "TopologyRestored") == 2, 30)
    with Client(campus, timeout=30) as client:
        assert client.call("slow.take", seconds=0) == {"seconds": 0.0}


def test_pod_that_finishes_nothing_is_replaced(kubectl, campus):
    stuck = {"stuckAfter": "10s", "budget": 1}
    patch = json.dumps({"spec": {"healing": stuck}})
    kubectl("patch", "azp", "slow", "--type=merge", "--patch", patch)
    same(lambda: condition(kubectl, "azoraplugin", "slow", "Ready"), "True")
    before = running(kubectl)
    with pika.BlockingConnection(pika.URLParameters(campus)) as connection:
        body = json.dumps({"args": [], "kwargs": {"seconds": 600}}).encode()
        once = pika.BasicProperties(content_type="application/json", expiration="5000")
        connection.channel().basic_publish("nameko-rpc", "slow.take", body, once)
    wait_until(lambda: events(kubectl, "ConsumerStuck") == 1, 60)
    wait_until(lambda: len(running(kubectl) - before) == 1, 30)
    (heal,) = kubectl.get("azoraplugin", "slow")["status"]["heals"]
    assert heal["action"] == "ConsumerStuck"
    same(lambda: condition(kubectl, "azoraplugin", "slow", "Ready"), "True")


def test_broker_that_is_down_is_told_and_the_pods_stay(kubectl, campus, broker):
    broker.stop()
    same(lambda: condition(kubectl, "azoraplatform", "azora", "BrokerReady"), "False")
    assert pods(kubectl) == 2
    broker.start()
    same(lambda: condition(kubectl, "azoraplatform", "azora", "BrokerReady"), "True")
    kubectl("delete", "azoraplugin", "slow")


AWAKE = [
    {"op": "replace", "path": "/spec/scaling/toZero", "value": False},
    {"op": "add", "path": "/spec/scaling/min", "value": 2},
]
