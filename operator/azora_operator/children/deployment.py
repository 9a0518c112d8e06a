"""The Deployment: the plugin's pods, replaced one by one when what they are made from changes."""

from azora_operator.children.pods import container, pod_spec
from azora_operator.durations import seconds
from azora_operator.rendering import Object, Rendering, secrets_of

SECRETS_ANNOTATION = "azora.dev/secrets"
GRACE = 40
"""Seconds that a pod is given to finish what it has begun."""
UNPROBED = 5
"""Seconds that a pod without probes must have run before it takes the place of another."""


def deployment(
    given: Rendering, template: Object, annotations: dict[str, str] | None = None
) -> Object:
    spec = {
        "replicas": given.replicas,
        "revisionHistoryLimit": 3,
        **({"minReadySeconds": UNPROBED} if given.plugin.http is None else {}),
        "progressDeadlineSeconds": seconds(given.plugin.healing.deadline),
        "strategy": _strategy(given),
        "selector": {"matchLabels": given.serving if given.instance else given.selector},
        "template": template,
    }
    return given.child("apps/v1", "Deployment", spec, name=given.instance, annotations=annotations)


def _strategy(given: Rendering) -> Object:
    """One by one; a volume that one pod alone can use is given up before the next takes it."""
    storage = given.plugin.storage
    if storage and not storage.shared:
        return {"type": "Recreate"}
    return {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}


def pod_template(given: Rendering) -> Object:
    """What the pods are made from."""
    return {
        "metadata": {
            "labels": given.labels,
            "annotations": {SECRETS_ANNOTATION: _secrets(given)},
        },
        "spec": pod_spec(given, _container(given), given.volume)
        | {
            "terminationGracePeriodSeconds": GRACE,
            "topologySpreadConstraints": [_spread(given)],
        },
    }


def _container(given: Rendering) -> Object:
    whole = container(given, "plugin", list(given.plugin.command))
    if given.plugin.http is None:
        return whole
    return whole | {
        "ports": [{"name": "http", "containerPort": given.plugin.http.port, "protocol": "TCP"}],
        "startupProbe": _probe("/healthz", period=1, failures=120),
        "livenessProbe": _probe("/healthz", period=10, failures=3),
        "readinessProbe": _probe("/readyz", period=2, failures=2),
    }


def _probe(path: str, *, period: int, failures: int) -> Object:
    return {
        "httpGet": {"path": path, "port": "http"},
        "periodSeconds": period,
        "timeoutSeconds": 5,
        "failureThreshold": failures,
    }


def _spread(given: Rendering) -> Object:
    return {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": given.selector},
    }


def _secrets(given: Rendering) -> str:
    """Changes when a Secret that the pods read changes: they read it at their start only."""
    names = sorted(secrets_of(given.plugin, given.platform))
    return ",".join(f"{name}={given.secrets.get(name, '')}" for name in names)
