"""What is done about a pod that holds messages and finishes none: it is replaced, within the budget."""

from dataclasses import dataclass

from azora_operator.budget import Budget, Heal
from azora_operator.conditions import Fact, Reason
from azora_operator.durations import span
from azora_operator.observed import Observed
from azora_operator.rendering import Object, Rendering
from azora_operator.rollout import RollOut
from azora_operator.status import is_ready


@dataclass(frozen=True)
class Healing:
    """How healthy the plugin is; the `heal` of this very plan, and the pod that it deletes for it."""

    health: Fact
    heal: Heal | None = None
    pod: Object | None = None


def heal_stuck(
    given: Rendering, seen: Observed, rolled: RollOut, budget: Budget, *, act: bool
) -> Healing:
    """Replace one stuck pod; not while a revision is undone, nor while the broker is down."""
    pod = _stuck(given, seen)
    if pod is None or rolled.heal or seen.broker_trouble:
        return Healing(rolled.health, rolled.heal)
    name = pod["metadata"]["name"]
    still = round(seen.still[name])
    message = f"pod {name} holds messages and has finished none for {still} s"
    if not act or not given.plugin.healing.replace_stuck:
        remedy = f"see kubectl logs {name}, or delete the pod"
        return Healing(Fact("Degraded", True, Reason.CONSUMER_STUCK, f"{message}: {remedy}"))
    if budget.is_spent:
        return Healing(budget.exhausted(message))
    heal = Heal(seen.now, str(Reason.CONSUMER_STUCK), f"{message}: replaced")
    return Healing(rolled.health, heal, pod)


def _stuck(given: Rendering, seen: Observed) -> Object | None:
    """The pod that has stood still for longest, of those that did so for too long.

    One that does not call itself ready waits for something else, as a database that is down.
    """
    limit = span(given.plugin.healing.stuck_after)
    stuck = [
        pod
        for pod in seen.pods
        if "deletionTimestamp" not in pod["metadata"]
        and seen.still.get(pod["metadata"]["name"], 0.0) >= limit
        and is_ready(pod)
    ]
    return max(stuck, key=lambda pod: seen.still[pod["metadata"]["name"]], default=None)
