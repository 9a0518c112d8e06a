"""Revisions of a plugin's pods. The last good one is kept in the cluster, whole, as a ControllerRevision:
so the way back outlives the operator, and whatever the plugin's spec has become.
"""

from dataclasses import dataclass
from typing import Any

from azora_operator import children
from azora_operator.durations import moment, seconds
from azora_operator.observed import Observed
from azora_operator.rendering import REVISION_LABEL, Object, Rendering, digest


@dataclass(frozen=True)
class Revision:
    """What pods are made from: their template, and the ConfigMap that it names."""

    name: str
    template: Object
    config_name: str
    config: dict[str, str]

    def config_map(self, given: Rendering) -> Object:
        """The settings of these pods."""
        return children.config_map(given, self.config_name, self.config)

    def kept(self, given: Rendering, number: int) -> Object:
        """The object that keeps it; of several the one with the highest number is the last."""
        data = {
            "template": self.template,
            "config": {"name": self.config_name, "data": self.config},
        }
        name = f"{given.name}-{self.name}"
        return given.child("apps/v1", "ControllerRevision", name=name, data=data, revision=number)


def wanted_revision(given: Rendering) -> Revision:
    """The revision that the resources ask for; its name differs when anything in its pods does."""
    template = children.pod_template(given)
    name = digest(template)
    labels = {**template["metadata"]["labels"], REVISION_LABEL: name}
    template["metadata"] = {**template["metadata"], "labels": labels}
    return Revision(name, template, given.config_name, given.config)


def last_good(seen: Observed) -> Revision | None:
    """The revision that was last proven, if any was."""
    kept = max(seen.of_kind("ControllerRevision"), key=_number, default=None)
    if kept is None:
        return None
    template, config = kept["data"]["template"], kept["data"]["config"]
    name = template["metadata"]["labels"][REVISION_LABEL]
    return Revision(name, template, config["name"], config["data"])


def keep(given: Rendering, revision: Revision, seen: Observed) -> Object:
    """What keeps this revision as the last good one."""
    kept = {each["metadata"]["name"]: _number(each) for each in seen.of_kind("ControllerRevision")}
    highest = max(kept.values(), default=0)
    number = kept.get(f"{given.name}-{revision.name}", 0)
    return revision.kept(given, number if number and number == highest else highest + 1)


def is_proven(given: Rendering, revision: Revision, seen: Observed) -> bool:
    """Whether as many pods of it as are wanted have answered for long enough."""
    since = seen.now - seconds(given.plugin.healing.proven_after)
    proven = [pod for pod in seen.pods_of(revision.name) if ready_since(pod) <= since]
    return 0 < given.replicas <= len(proven)


def ready_since(pod: Object) -> float:
    """Since when a pod has answered; for ever in the future where it does not."""
    told: list[Any] = pod.get("status", {}).get("conditions", [])
    for each in told:
        if each["type"] == "Ready" and each["status"] == "True":
            return moment(each["lastTransitionTime"])
    return float("inf")


def _number(kept: Object) -> int:
    return int(kept["revision"])
