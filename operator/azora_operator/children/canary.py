"""The Deployment of a canary: pods of a new revision beside the others, that get a share of the calls.

What comes by HTTP goes to the others, unless this is the green of two.
"""

import math
from dataclasses import replace

from azora_operator.children.deployment import deployment
from azora_operator.rendering import INSTANCE_LABEL, PLUGIN_LABEL, REVISION_LABEL, Object, Rendering
from azora_operator.strategies import ALL

SHARE = "AZORA_CANARY_SHARE"


def canary_name(plugin: str) -> str:
    """The name of a plugin's canary, which is what sets it apart from the other pods."""
    return f"{plugin}-canary"


def is_canary(pod: Object) -> bool:
    """Whether it is a pod of a plugin's canary."""
    labels = pod["metadata"].get("labels", {})
    return bool(labels.get(INSTANCE_LABEL) == canary_name(labels.get(PLUGIN_LABEL, "")))


def is_green(given: Rendering) -> bool:
    """Whether a canary is to take the place of the others at once."""
    return given.plugin.rollout.strategy == "BlueGreen"


def has_switched(given: Rendering, canary: Object | None) -> bool:
    """Whether this one has all calls, and so the pages too."""
    if canary is None or not is_green(given):
        return False
    labels = canary["spec"]["template"]["metadata"]["labels"]
    return str(labels[REVISION_LABEL]).endswith(f"-{ALL}")


def canary(given: Rendering, template: Object, share: int) -> Object:
    """So many pods that each has as many calls as one of the others; all of them where it is to take their place."""
    part = ALL if is_green(given) else share
    pods = max(1, math.ceil(given.replicas * part / ALL))
    name = canary_name(given.name)
    labels = template["metadata"]["labels"]
    labels = labels | {INSTANCE_LABEL: name, REVISION_LABEL: f"{labels[REVISION_LABEL]}-{share}"}
    (container,) = template["spec"]["containers"]
    told = [*container["env"], {"name": SHARE, "value": f"{share / ALL:g}"}]
    tried = {
        "metadata": template["metadata"] | {"labels": labels},
        "spec": template["spec"] | {"containers": [container | {"env": told}]},
    }
    return deployment(replace(given, replicas=pods, instance=name), tried)
