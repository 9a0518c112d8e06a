"""The kinds that the operator reads and writes, and where each lives in the API."""

from dataclasses import dataclass

from azora_operator.rendering import Object
from azora_operator.resources import API_VERSION


@dataclass(frozen=True)
class Kind:
    """A kind of object; `plural` is its name in paths."""

    api_version: str
    name: str
    plural: str

    def path(self, namespace: str | None, name: str = "") -> str:
        """Where its objects are, in one namespace or in all."""
        root = "/api" if "/" not in self.api_version else "/apis"
        within = f"/namespaces/{namespace}" if namespace else ""
        return f"{root}/{self.api_version}{within}/{self.plural}{f'/{name}' if name else ''}"


PLATFORM = Kind(API_VERSION, "AzoraPlatform", "azoraplatforms")
PLUGIN = Kind(API_VERSION, "AzoraPlugin", "azoraplugins")
SECRET = Kind("v1", "Secret", "secrets")
POD = Kind("v1", "Pod", "pods")
EVENT = Kind("v1", "Event", "events")
HTTP_ROUTE = Kind("gateway.networking.k8s.io/v1", "HTTPRoute", "httproutes")
SERVICE_MONITOR = Kind("monitoring.coreos.com/v1", "ServiceMonitor", "servicemonitors")
OPTIONAL = (HTTP_ROUTE, SERVICE_MONITOR)
"""Kinds of others, which a cluster may not know."""
CHILDREN = {
    kind.name: kind
    for kind in (
        *OPTIONAL,
        Kind("v1", "ConfigMap", "configmaps"),
        Kind("v1", "PersistentVolumeClaim", "persistentvolumeclaims"),
        Kind("v1", "Service", "services"),
        Kind("v1", "ServiceAccount", "serviceaccounts"),
        Kind("apps/v1", "ControllerRevision", "controllerrevisions"),
        Kind("apps/v1", "Deployment", "deployments"),
        Kind("batch/v1", "CronJob", "cronjobs"),
        Kind("batch/v1", "Job", "jobs"),
        Kind("networking.k8s.io/v1", "Ingress", "ingresses"),
        Kind("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies"),
        Kind("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets"),
    )
}
PROVIDED = {
    kind.name: kind
    for kind in (
        Kind("rabbitmq.com/v1beta1", "RabbitmqCluster", "rabbitmqclusters"),
        Kind("postgresql.cnpg.io/v1", "Cluster", "clusters"),
    )
}
"""What the operators of others make for a platform."""
EVERY = [PLATFORM, PLUGIN, POD, *CHILDREN.values()]


def where(child: Object) -> str:
    """The path of a child, or of a pod of one."""
    meta = child["metadata"]
    kind = POD if child["kind"] == POD.name else (CHILDREN | PROVIDED)[child["kind"]]
    return kind.path(meta["namespace"], meta["name"])
