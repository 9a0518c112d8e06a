"""What a plugin becomes where a Gateway and Prometheus are installed, as kubectl reads it back."""

import pytest
from tests.cluster.campus import platform, plugin, secret
from tests.cluster.cluster import same
from tests.cluster.operators import Operator

ADDRESS = {"url": "https://campus.example.org"}
FOREIGN = {
    "httproutes": ("gateway.networking.k8s.io", "v1", "HTTPRoute"),
    "servicemonitors": ("monitoring.coreos.com", "v1", "ServiceMonitor"),
    "rabbitmqclusters": ("rabbitmq.com", "v1beta1", "RabbitmqCluster"),
    "clusters": ("postgresql.cnpg.io", "v1", "Cluster"),
}
"""The kinds of others, as far as their schema does not matter."""


def definition(plural, group, version, kind):
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": f"{plural}.{group}",
            "annotations": {"api-approved.kubernetes.io": "unapproved, for tests"},
        },
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": kind, "plural": plural, "singular": kind.lower()},
            "versions": [
                {
                    "name": version,
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": schema},
                }
            ],
        },
    }


@pytest.fixture(scope="module")
def kubectl(new_namespace):
    return new_namespace("children")


@pytest.fixture(scope="module")
def foreign(kubectl):
    """The kinds of others, for as long as these tests last."""
    kubectl.apply(*(definition(plural, *names) for plural, names in FOREIGN.items()))
    names = [f"crd/{plural}.{group}" for plural, (group, *_) in FOREIGN.items()]
    kubectl.wait("condition=Established", *names)
    yield
    kubectl("delete", *names)


@pytest.fixture(scope="module")
def library(whole_cluster, kubectl, crds, foreign):
    """A plugin without pods, once it is Ready."""
    process = Operator(whole_cluster, kubectl).start()
    kubectl.apply(
        secret("broker", url="amqp://rabbitmq/"),
        platform(
            address=ADDRESS | {"gateway": {"name": "front", "namespace": "gateways"}},
            network={"destinations": [{"ports": [5672, 5432], "cidr": "10.0.0.0/8"}]},
        ),
        plugin(replicas=0, http={"paths": ["/library"]}, storage={"size": "1Gi"}),
        platform("plain", address=ADDRESS | {"ingressClass": "nginx", "tls": "certificate"}),
        plugin("web", platform="plain", replicas=0, http={"paths": ["/"]}),
    )
    kubectl.wait("condition=Ready", "azoraplugin/library", "azoraplugin/web")
    yield
    kubectl("delete", "azoraplugin", "--all")
    process.close()


def test_route_leads_from_the_gateway_to_the_service(kubectl, library):
    spec = kubectl.get("httproute", "library")["spec"]
    assert spec["parentRefs"] == [{"name": "front", "namespace": "gateways"}]
    assert spec["hostnames"] == ["campus.example.org"]
    (rule,) = spec["rules"]
    assert "/library" in [match["path"]["value"] for match in rule["matches"]]


def test_ingress_of_a_platform_without_a_gateway_has_its_host_and_certificate(kubectl, library):
    spec = kubectl.get("ingress", "web")["spec"]
    assert spec["ingressClassName"] == "nginx"
    assert spec["tls"] == [{"hosts": ["campus.example.org"], "secretName": "certificate"}]
    (rule,) = spec["rules"]
    assert [path["path"] for path in rule["http"]["paths"]] == ["/api/web", "/static/web", "/"]


def test_prometheus_and_the_network_are_told(kubectl, library):
    monitor = kubectl.get("servicemonitor", "library")["spec"]
    service = kubectl.get("service", "library")["metadata"]["labels"]
    assert monitor["selector"]["matchLabels"].items() <= service.items()
    policy = kubectl.get("networkpolicy", "library")["spec"]
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert [port["port"] for port in policy["egress"][1]["ports"]] == [5672, 5432]


def test_volume_is_claimed_and_outlives_its_plugin(kubectl, library):
    claim = kubectl.get("persistentvolumeclaim", "library-data")
    assert claim["spec"]["resources"]["requests"] == {"storage": "1Gi"}
    assert "ownerReferences" not in claim["metadata"]


def test_servers_are_asked_of_their_operators_and_waited_for(kubectl, library):
    asked = {"broker": {"replicas": 3, "size": "5Gi"}, "database": {"replicas": 2, "size": "9Gi"}}
    kubectl.apply(
        platform("whole", broker=None, provide=asked),
        plugin("patient", platform="whole", replicas=0),
    )
    same(lambda: reason(kubectl, "whole"), "Providing")
    assert kubectl.get("rabbitmqcluster", "whole-broker")["spec"]["replicas"] == 3
    assert kubectl.get("cluster", "whole-database")["spec"]["storage"] == {"size": "9Gi"}
    kubectl.apply(
        secret("whole-broker-default-user", connection_string="amqp://user:word@127.0.0.1:1/"),
        secret("whole-database-app", uri="postgresql://rabbitmq/"),
    )
    kubectl.wait(
        "jsonpath={.status.conditions[?(@.type=='Accepted')].reason}=Accepted", "azp/patient"
    )


def reason(kubectl, name):
    told = kubectl.get("azoraplatform", name).get("status", {}).get("conditions", [])
    return next((each["reason"] for each in told if each["type"] == "Ready"), None)
