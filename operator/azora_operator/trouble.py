"""What is wrong with the pods of a revision, as Kubernetes tells it: they crash, or never answer."""

from dataclasses import dataclass

from azora_operator.conditions import Reason
from azora_operator.observed import Observed
from azora_operator.rendering import REVISION_LABEL, Object, Rendering

CRASHES = 3
"""A container that was restarted as often as this and crashes again is in a crash loop."""


@dataclass(frozen=True)
class Trouble:
    """Why a revision is not well."""

    reason: Reason
    message: str


def trouble_of(
    revision: str, given: Rendering, seen: Observed, deployment: str = ""
) -> Trouble | None:
    """What is wrong with this revision, whose pods are those of that Deployment, if anything is."""
    for pod in seen.pods_of(revision):
        for container in pod.get("status", {}).get("containerStatuses", ()):
            if _crashes(container):
                return Trouble(Reason.CRASH_LOOPING, _crash(pod, container))
    if _deadline_missed(revision, seen.children.get(("Deployment", deployment or given.name))):
        message = f"its pods did not answer within {given.plugin.healing.deadline}"
        return Trouble(Reason.DEADLINE_MISSED, message)
    return None


def _crashes(container: Object) -> bool:
    waiting = container.get("state", {}).get("waiting", {}).get("reason")
    return waiting == "CrashLoopBackOff" and container.get("restartCount", 0) >= CRASHES


def _crash(pod: Object, container: Object) -> str:
    ended = container.get("lastState", {}).get("terminated", {})
    how = ended.get("reason", "Error"), ended.get("exitCode", "?")
    return f"pod {pod['metadata']['name']} crashes again and again ({how[0]}, exit code {how[1]})"


def _deadline_missed(revision: str, deployment: Object | None) -> bool:
    if deployment is None:
        return False
    template, status = deployment["spec"]["template"], deployment.get("status", {})
    if template["metadata"].get("labels", {}).get(REVISION_LABEL) != revision:
        return False
    if status.get("observedGeneration") != deployment["metadata"].get("generation"):
        return False
    return any(
        each["type"] == "Progressing" and each.get("reason") == "ProgressDeadlineExceeded"
        for each in status.get("conditions", ())
    )
