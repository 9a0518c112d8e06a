"""RabbitMQ and PostgreSQL are asked of the operators that know them, and reached by those operators' Secrets."""

from hypothesis import given
from hypothesis import strategies as st
from tests.operator.world import FEW, PLUGINS, World

from azora_operator.provision import provided
from azora_operator.rendering import secrets_of_platform
from azora_operator.resources import PlatformSpec
from azora_operator.status import platform_status

ASKED = st.fixed_dictionaries(
    {"replicas": st.integers(1, 9), "size": st.sampled_from(["1Gi", "20Gi"])},
    optional={"storageClass": st.just("fast")},
)
SECRETS = {"campus-broker-default-user", "campus-database-app"}


def platform(broker, database):
    spec = {"provide": {"broker": broker, "database": database}}
    return {"metadata": {"name": "campus", "namespace": "n", "generation": 1}, "spec": spec}


@FEW
@given(ASKED, ASKED)
def test_both_are_asked_for_as_their_operators_take_it_and_have_no_owner(broker, database):
    cluster, postgresql = provided(platform(broker, database))
    assert (cluster["kind"], cluster["metadata"]["name"]) == ("RabbitmqCluster", "campus-broker")
    assert cluster["spec"]["replicas"] == broker["replicas"]
    assert cluster["spec"]["persistence"]["storage"] == broker["size"]
    assert (postgresql["kind"], postgresql["metadata"]["name"]) == ("Cluster", "campus-database")
    assert postgresql["spec"]["instances"] == database["replicas"]
    assert postgresql["spec"]["storage"].get("storageClass") == database.get("storageClass")
    for each in (cluster, postgresql):
        assert "ownerReferences" not in each["metadata"]


@FEW
@given(PLUGINS, ASKED)
def test_pods_read_the_secrets_of_those_operators(plugin, asked):
    world = World(plugin, platform(asked, asked)["spec"])
    world.settle()
    (deployment,) = world.of_kind("Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    read = {e["name"]: e["valueFrom"]["secretKeyRef"] for e in container["env"] if "valueFrom" in e}
    assert read["AZORA_BROKER_URL"] == {
        "name": "campus-broker-default-user",
        "key": "connection_string",
    }
    assert read["AZORA_DATABASE_URL"] == {"name": "campus-database-app", "key": "uri"}


def test_platform_says_what_it_waits_for():
    asked = platform({}, {})
    assert secrets_of_platform(PlatformSpec.of(asked)) == SECRETS
    assert reason(asked, unknown=["RabbitmqCluster"]) == "ProviderMissing"
    assert reason(asked) == "Providing"
    assert reason(asked, dict.fromkeys(SECRETS, "hash")) == "Ready"


def reason(asked, secrets=None, unknown=()):
    told = platform_status(asked, [], secrets or {}, 0.0, "", unknown)["conditions"]
    return next(each["reason"] for each in told if each["type"] == "Ready")
