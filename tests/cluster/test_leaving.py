"""What is deleted goes, and nothing of it stays; what shall stay does. Whoever goes first, and whoever is down."""

import pika
import pytest
import yaml
from tests.cluster.broker import ManagedRabbitMQ
from tests.cluster.campus import outside, platform, plugin, port_of, secret, within_cluster
from tests.cluster.cluster import IMAGE, same
from tests.cluster.operators import MANIFESTS, Operator

from azora.actor import prepare_keys
from azora.loader import load_registry
from azora.testing.servers import wait_until

pytestmark = pytest.mark.needs("rabbitmq", "postgresql")

SMALL = MANIFESTS / "samples" / "small"
EVERYTHING = (
    "azora,deployments,replicasets,services,configmaps,serviceaccounts,networkpolicies,jobs,pods,"
    "poddisruptionbudgets,controllerrevisions"
)
SLEEPING = {"platform": "campus", "command": ["sleep", "600"], "http": None}
DEAD = "http://guest:guest@127.0.0.1:1"


@pytest.fixture(scope="module")
def kubectl(new_namespace):
    return new_namespace("leaving")


@pytest.fixture(scope="module")
def operator(whole_cluster, kubectl, crds):
    process = Operator(whole_cluster, kubectl).start()
    yield process
    process.close()


@pytest.fixture(scope="module")
def rabbitmq_with_management():
    server = ManagedRabbitMQ().start()
    yield server
    server.close()


@pytest.fixture(scope="module")
def broker(whole_cluster, kubectl, operator, rabbitmq_with_management):
    """The broker's URL of a campus whose broker can be asked."""
    server = rabbitmq_with_management
    url = server.new_vhost()
    kubectl.apply(
        *outside(whole_cluster, "rabbitmq", port_of(url)),
        secret("broker", url=within_cluster(url, "rabbitmq"), management=server.management),
        platform("campus", management={"secret": "broker", "key": "management"}),
    )
    return url


def left(kubectl, *names):
    """What is there that is ours, or carries our labels."""
    found = kubectl.items(EVERYTHING, "--selector", f"azora.dev/plugin in ({','.join(names)})")
    found += [each for each in kubectl.items("azora") if each["metadata"]["name"] in names]
    return [(each["kind"], each["metadata"]["name"]) for each in found]


def events(kubectl, name):
    about = f"involvedObject.name={name}"
    return [each["reason"] for each in kubectl.items("events", "--field-selector", about)]


def reason(kubectl, name, kind="azoraplugin"):
    told = kubectl.get(kind, name).get("status", {}).get("conditions", [])
    return next((each["reason"] for each in told if each["type"] == "Ready"), None)


def test_drained_plugin_takes_nothing_new_and_goes_when_nothing_waits(kubectl, broker):
    kubectl.apply(plugin("sleepy", **SLEEPING))
    kubectl.wait("condition=Ready", "azoraplugin/sleepy")
    with pika.BlockingConnection(pika.URLParameters(broker)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.exchange_declare("nameko-rpc", "topic", durable=True)
        channel.queue_declare("rpc-sleepy", durable=True)
        channel.queue_bind("rpc-sleepy", "nameko-rpc", "sleepy.*")
        channel.basic_publish("nameko-rpc", "sleepy.nap", b"{}", mandatory=True)
        kubectl("delete", "azoraplugin", "sleepy", "--wait=false")
        same(lambda: reason(kubectl, "sleepy"), "Draining")
        wait_until(lambda: not is_routed(channel, "sleepy.nap"), 20)
        assert kubectl.get("deployment", "sleepy")["spec"]["replicas"] == 1
        channel.queue_purge("rpc-sleepy")
    same(lambda: left(kubectl, "sleepy"), [], 60)
    assert "DrainIncomplete" not in events(kubectl, "sleepy")


def is_routed(channel, key):
    try:
        channel.basic_publish("nameko-rpc", key, b"{}", mandatory=True)
    except pika.exceptions.UnroutableError:
        return False
    return True


def test_plugin_goes_at_its_deadline_though_the_broker_is_gone(kubectl, operator):
    campus = platform("dark", management={"secret": "dark"}, broker={"secret": "dark"})
    lost = plugin("lost", deletion={"deadline": "2s"}, **SLEEPING | {"platform": "dark"})
    kubectl.apply(secret("dark", url=DEAD), campus, lost)
    wait_until(lambda: kubectl.get("azp", "lost")["metadata"].get("finalizers"), 20)
    wait_until(lambda: kubectl.items("deployment", "--selector", "azora.dev/plugin=lost"), 20)
    kubectl("delete", "azoraplugin/lost", "azoraplatform/dark")
    same(lambda: left(kubectl, "lost", "dark"), [], 60)
    assert "DrainIncomplete" in events(kubectl, "lost")


def test_orphan_goes_on_without_an_owner_and_is_taken_up_again(kubectl, broker):
    stray = plugin("stray", deletion={"policy": "Orphan"}, **SLEEPING)
    kubectl.apply(stray)
    kubectl.wait("condition=Ready", "azoraplugin/stray")
    before = [each["metadata"]["uid"] for each in kubectl.items("deployments,pods", *OF_STRAY)]
    kubectl("delete", "azoraplugin", "stray")
    for each in kubectl.items("deployments,configmaps,serviceaccounts", *OF_STRAY):
        assert "ownerReferences" not in each["metadata"], each
    kubectl.apply(stray)
    kubectl.wait("condition=Ready", "azoraplugin/stray")
    after = kubectl.items("deployments,pods", *OF_STRAY)
    assert [each["metadata"]["uid"] for each in after] == before
    assert after[0]["metadata"]["ownerReferences"]


OF_STRAY = ("--selector", "azora.dev/plugin=stray")


@pytest.fixture
def library(
    whole_cluster, kubectl, operator, broker, rabbitmq_with_management, postgresql, tmp_path
):
    """A folder of a campus with a library that is purged, once that is Ready; and its database."""
    database, management = postgresql.new_database(), rabbitmq_with_management.management
    prepare_keys(tmp_path / "keys", "campus", load_registry().permissions_elsewhere())
    files = {path.name: path.read_text() for path in (tmp_path / "keys").iterdir()}
    kubectl.apply(
        *outside(whole_cluster, "postgresql", port_of(database)),
        secret("azora-broker", url=within_cluster(broker, "rabbitmq"), management=management),
        secret("azora-database", url=within_cluster(database, "postgresql")),
        secret("azora-keys", **files),
    )
    shared, shipped = yaml.safe_load_all(kubectl("kustomize", str(SMALL)))
    shared["spec"] |= {"management": {"secret": "azora-broker", "key": "management"}}
    shipped["spec"] |= {"image": IMAGE, "deletion": {"policy": "Purge", "confirm": "library"}}
    (tmp_path / "campus.yaml").write_text(yaml.safe_dump_all([shared, shipped]))
    (tmp_path / "kustomization.yaml").write_text("resources: [campus.yaml]\n")
    kubectl("apply", "--kustomize", str(tmp_path))
    kubectl.wait("condition=Ready", "azoraplugin/library", seconds=120)
    return tmp_path, database


def test_campus_deleted_while_the_operator_is_down_is_purged_when_it_is_back(
    kubectl, operator, broker, library, postgresql, rabbitmq_with_management
):
    folder, database = library
    assert queues(rabbitmq_with_management, broker)
    assert "CREATE SCHEMA library" in postgresql.dump(database)
    operator.stop()
    kubectl("delete", "azoraplatform", "azora", "--wait=false")
    kubectl("delete", "--kustomize", str(folder), "--wait=false")
    operator.start()
    same(lambda: left(kubectl, "library", "azora"), [], 90)
    assert "Purged" in events(kubectl, "library")
    assert queues(rabbitmq_with_management, broker) == []
    assert "CREATE SCHEMA library" not in postgresql.dump(database)


def queues(server, url):
    listed = server.control(
        "list_queues", "-p", url.rpartition("/")[2], "--no-table-headers", "name"
    )
    return [name for name in listed.split() if "library" in name]
