"""The status of a pod, computed from its containers; what the controllers of Kubernetes read."""

import time
from dataclasses import dataclass, field
from typing import Any

from tests.cluster.node.api import Object
from tests.cluster.node.container import stamp


@dataclass
class ContainerState:
    """Where one container stands."""

    name: str
    image: str
    state: dict[str, Any] = field(
        default_factory=lambda: {"waiting": {"reason": "ContainerCreating"}}
    )
    last: dict[str, Any] = field(default_factory=dict)
    ready: bool = False
    started: bool = False
    restarts: int = 0
    finished: bool = False

    @property
    def exit_code(self) -> int | None:
        return self.state["terminated"]["exitCode"] if "terminated" in self.state else None

    def report(self, pod: Object) -> Object:
        return {
            "name": self.name,
            "image": self.image,
            "imageID": self.image if "waiting" not in self.state else "",
            "containerID": f"process://{pod['metadata']['uid']}/{self.name}",
            "ready": self.ready,
            "started": self.started,
            "restartCount": self.restarts,
            "state": self.state,
            "lastState": self.last,
        }


def pod_status(
    pod: Object, address: str, init: list[ContainerState], containers: list[ContainerState]
) -> Object:
    """The whole status; a condition keeps its moment while its status stays."""
    ready = all(each.ready for each in containers)
    initialised = all(each.exit_code == 0 for each in init)
    conditions = {
        "PodReadyToStartContainers": bool(address),
        "Initialized": initialised,
        "ContainersReady": ready,
        "Ready": ready,
    }
    return {
        "phase": _phase(init, containers),
        "startTime": pod.get("status", {}).get("startTime") or stamp(time.time()),
        "podIP": address,
        "podIPs": [{"ip": address}],
        "initContainerStatuses": [each.report(pod) for each in init],
        "containerStatuses": [each.report(pod) for each in containers],
        "conditions": _conditions(pod, conditions),
    }


def _phase(init: list[ContainerState], containers: list[ContainerState]) -> str:
    if any(each.finished and each.exit_code for each in init):
        return "Failed"
    if all(each.finished for each in containers):
        return "Failed" if any(each.exit_code for each in containers) else "Succeeded"
    if all("waiting" in each.state and not each.restarts for each in containers):
        return "Pending"
    return "Running"


def _conditions(pod: Object, now: dict[str, bool]) -> list[Object]:
    before = {each["type"]: each for each in pod.get("status", {}).get("conditions", ())}
    conditions = [each for kind, each in before.items() if kind not in now]
    for kind, holds in now.items():
        status = "True" if holds else "False"
        same = before.get(kind, {}).get("status") == status
        moment = before[kind]["lastTransitionTime"] if same else stamp(time.time())
        conditions.append({"type": kind, "status": status, "lastTransitionTime": moment})
    return conditions
