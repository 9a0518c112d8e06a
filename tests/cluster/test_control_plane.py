"""The cluster of the tests itself: a Deployment's pod runs, is restarted, and is gone when it is deleted."""

import pytest
import requests
from tests.cluster.cluster import IMAGE, same

SERVER = ["python", "-m", "http.server", "8000", "--directory", "/etc"]


def deployment(name="web", **changes):
    probe = {"httpGet": {"path": "/", "port": "http"}, "periodSeconds": 1}
    container = {
        "name": "web",
        "image": IMAGE,
        "command": SERVER,
        "ports": [{"name": "http", "containerPort": 8000}],
        "readinessProbe": probe,
    } | changes
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"terminationGracePeriodSeconds": 2, "containers": [container]},
            },
        },
    }


def service(name="web"):
    port = {"name": "http", "port": 80, "targetPort": "http"}
    spec = {"selector": {"app": name}, "ports": [port]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}


def pod_names(kubectl):
    return [pod["metadata"]["name"] for pod in kubectl.items("pods")]


def restarts(kubectl):
    statuses = [pod["status"]["containerStatuses"][0] for pod in kubectl.items("pods")]
    return [(status["restartCount"], status["ready"]) for status in statuses]


def test_a_deployments_pod_runs_is_restarted_when_killed_and_is_gone_when_deleted(cluster, kubectl):
    kubectl.apply(deployment())
    kubectl.wait("condition=Available", "deployment/web")
    (pod,) = pod_names(kubectl)
    cluster.kill_pod(pod, "web")
    same(lambda: restarts(kubectl), [(1, True)])
    kubectl("delete", "deployment", "web")
    same(lambda: pod_names(kubectl), [])


def test_two_replicas_hold_one_port_behind_a_service(cluster, kubectl):
    kubectl.apply(deployment(), service())
    kubectl("scale", "deployment/web", "--replicas=2")
    kubectl.wait("jsonpath={.status.readyReplicas}=2", "deployment/web")
    address = kubectl.get("service", "web")["spec"]["clusterIP"]
    same(lambda: requests.get(f"http://{address}/hostname", timeout=5).status_code, 200)
    for _ in range(8):
        requests.get(f"http://{address}/hostname", timeout=5)
    assert all("/hostname" in cluster.log(pod, "web") for pod in pod_names(kubectl))


def test_pod_finds_a_service_by_its_name(cluster, kubectl):
    kubectl.apply(deployment(), service())
    kubectl.wait("condition=Available", "deployment/web")
    fetch = "import urllib.request as u; print(u.urlopen('http://web/hostname', timeout=5).status)"
    kubectl.apply(deployment("asks", command=["python", "-c", fetch], readinessProbe=None))
    same(lambda: [p for p in pod_names(kubectl) if p.startswith("asks")] != [], True)
    (pod,) = [p for p in pod_names(kubectl) if p.startswith("asks")]
    kubectl.wait(
        "jsonpath={.status.containerStatuses[0].lastState.terminated.exitCode}=0", f"pod/{pod}"
    )
    assert "200" in cluster.log(pod, "web")


def test_pods_of_a_lost_node_run_elsewhere(cluster, kubectl):
    cluster.add_node("lost")
    leaving = deployment()
    spec = leaving["spec"]["template"]["spec"]
    spec["affinity"] = {"nodeAffinity": prefer("lost")}
    spec["tolerations"] = [
        {"key": f"node.kubernetes.io/{key}", "operator": "Exists", "tolerationSeconds": 1}
        | {"effect": "NoExecute"}
        for key in ("unreachable", "not-ready")
    ]
    kubectl.apply(leaving)
    kubectl.wait("condition=Available", "deployment/web")
    assert nodes_that_serve(kubectl) == {"lost"}
    cluster.lose_node("lost")
    same(lambda: nodes_that_serve(kubectl), {"node-0"}, 40)
    kubectl("delete", "node", "lost")


def prefer(node):
    choice = {"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}
    preference = {"weight": 100, "preference": {"matchExpressions": [choice]}}
    return {"preferredDuringSchedulingIgnoredDuringExecution": [preference]}


def nodes_that_serve(kubectl):
    """The nodes whose pods are ready and not about to go."""
    return {
        pod["spec"]["nodeName"]
        for pod in kubectl.items("pods")
        if "deletionTimestamp" not in pod["metadata"]
        and any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"]["conditions"])
    }


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"image": "azora.test/absent:1"}, "ImagePullBackOff"),
        ({"command": ["false"]}, "CrashLoopBackOff"),
        ({"envFrom": [{"secretRef": {"name": "absent"}}]}, "CreateContainerConfigError"),
    ],
    ids=["no image", "crash", "no secret"],
)
def test_container_that_cannot_run_says_why(kubectl, changes, reason):
    kubectl.apply(deployment(**changes))
    path = "jsonpath={.items[0].status.containerStatuses[0].state.waiting.reason}"
    same(lambda: kubectl("get", "pods", "--output", path), reason)


def test_read_only_root_lets_a_container_write_into_its_volumes_alone(kubectl):
    script = "touch /etc/written && exit 3; touch /data/written || exit 4; sleep 600"
    changed = deployment(
        command=["sh", "-c", script],
        readinessProbe={"exec": {"command": ["test", "-e", "/data/written"]}, "periodSeconds": 1},
        securityContext={"readOnlyRootFilesystem": True},
        volumeMounts=[{"name": "data", "mountPath": "/data"}],
    )
    changed["spec"]["template"]["spec"]["volumes"] = [{"name": "data", "emptyDir": {}}]
    kubectl.apply(changed)
    kubectl.wait("condition=Available", "deployment/web")
