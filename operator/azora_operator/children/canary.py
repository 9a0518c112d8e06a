"""The Deployment of a canary: pods of a new revision beside the others, that get a share of the calls.

They belong to no Service: what comes by HTTP goes to the others.
"""

import math
from dataclasses import replace

from azora_operator.children.deployment import deployment
from azora_operator.rendering import INSTANCE_LABEL, PLUGIN_LABEL, REVISION_LABEL, Object, Rendering

SHARE = "AZORA_CANARY_SHARE"


def canary_name(plugin: str) -> str:
    """The name of a plugin's canary, which is what sets it apart from the other pods."""
    return f"{plugin}-canary"


def is_canary(pod: Object) -> bool:
    """Whether it is a pod of a plugin's canary."""
    labels = pod["metadata"].get("labels", {})
    return bool(labels.get(INSTANCE_LABEL) == canary_name(labels.get(PLUGIN_LABEL, "")))


def canary(given: Rendering, template: Object, share: int) -> Object:
    """So many pods that each has as many calls as one of the others."""
    pods = max(1, math.ceil(given.replicas * share / 100))
    name = canary_name(given.name)
    labels = template["metadata"]["labels"]
    labels = labels | {INSTANCE_LABEL: name, REVISION_LABEL: f"{labels[REVISION_LABEL]}-{share}"}
    (container,) = template["spec"]["containers"]
    told = [*container["env"], {"name": SHARE, "value": f"{share / 100:g}"}]
    tried = {
        "metadata": template["metadata"] | {"labels": labels},
        "spec": template["spec"] | {"containers": [container | {"env": told}]},
    }
    return deployment(replace(given, replicas=pods, instance=name), tried)
