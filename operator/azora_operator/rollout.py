"""Which revision the pods should have: the one that is asked for, or the last good one when it fails.

The spec is never edited, so there is no quarrel with whoever writes it: the Deployment itself carries
the name of the revision that failed, and any other revision is tried.
"""

from dataclasses import dataclass

from azora_operator import children
from azora_operator.budget import Budget, Heal
from azora_operator.conditions import Fact, Reason
from azora_operator.observed import Observed
from azora_operator.rendering import Object, Rendering
from azora_operator.revisions import Revision, last_good, wanted_revision
from azora_operator.trial import Trial, is_tried, try_out
from azora_operator.trouble import Trouble, trouble_of

FAILED_ANNOTATION = "azora.dev/failed-revision"
CAUSE_ANNOTATION = "azora.dev/failed-because"


@dataclass(frozen=True)
class RollOut:
    """A Deployment and the revision that its pods have; `heal` if this very plan goes back to it.

    It `is_wanted` if that is what the resources ask for; `trial` is that of what they ask for otherwise.
    """

    revision: Revision
    deployment: Object
    health: Fact
    good: Revision | None = None
    heal: Heal | None = None
    is_wanted: bool = True
    trial: Trial | None = None


def roll_out(given: Rendering, seen: Observed, budget: Budget, *, act: bool) -> RollOut:
    """Go on, go back, or stay back; unless the operator may act, as it is."""
    wanted, good = wanted_revision(given), last_good(seen)
    failed, cause = _failed(given, seen)
    if good and good.name != wanted.name == failed:
        return _back(given, wanted, good, cause)
    if good and is_tried(given, wanted, good, seen):
        trial = try_out(given, wanted, seen)
        if trial.failure and act:
            return _given_up(given, wanted, good, trial.failure, seen)
        if not (trial.passed and act):
            trouble = trouble_of(good.name, given, seen)
            health = _no_way_back(given, trouble) if trouble else _well()
            stable = children.deployment(given, good.template)
            return RollOut(good, stable, health, good, is_wanted=False, trial=trial)
    trouble = trouble_of(wanted.name, given, seen)
    if trouble is None:
        health = _well()
    elif good is None or good.name == wanted.name or not (act and given.plugin.healing.roll_back):
        health = _no_way_back(given, trouble)
    elif seen.broker_trouble:
        message = f"{trouble.message}; nothing is done while {seen.broker_trouble}"
        health = Fact("Degraded", True, Reason.BROKER_UNREACHABLE, message)
    elif budget.is_spent:
        health = budget.exhausted(f"revision {wanted.name}: {trouble.message}")
    else:
        return _given_up(given, wanted, good, trouble.message, seen)
    return RollOut(wanted, children.deployment(given, wanted.template), health, good)


def _given_up(
    given: Rendering, wanted: Revision, good: Revision, cause: str, seen: Observed
) -> RollOut:
    message = f"{cause}: back from revision {wanted.name} to {good.name}"
    return _back(given, wanted, good, cause, Heal(seen.now, str(Reason.ROLLED_BACK), message))


def _back(
    given: Rendering, wanted: Revision, good: Revision, cause: str, heal: Heal | None = None
) -> RollOut:
    marks = {FAILED_ANNOTATION: wanted.name, CAUSE_ANNOTATION: cause}
    message = (
        f"revision {wanted.name} failed ({cause}); the pods are those of revision {good.name}. "
        "Change the resource: any other revision is tried"
    )
    health = Fact("Degraded", True, Reason.ROLLED_BACK, message)
    deployment = children.deployment(given, good.template, marks)
    return RollOut(good, deployment, health, good, heal, is_wanted=False)


def _well() -> Fact:
    return Fact("Degraded", False, Reason.HEALTHY)


def _no_way_back(given: Rendering, trouble: Trouble) -> Fact:
    remedy = f"see kubectl logs --previous deployment/{given.name}"
    return Fact("Degraded", True, trouble.reason, f"{trouble.message}: {remedy}")


def _failed(given: Rendering, seen: Observed) -> tuple[str, str]:
    """The revision that was given up, and why, as the Deployment itself says."""
    deployment = seen.children.get(("Deployment", given.name), {"metadata": {}})
    marks = deployment["metadata"].get("annotations", {})
    return marks.get(FAILED_ANNOTATION, ""), marks.get(CAUSE_ANNOTATION, "")
