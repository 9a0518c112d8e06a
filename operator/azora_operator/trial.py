"""A new revision on trial: pods of its own get a share of the calls, and are judged before each larger one.

The pods of each share are other pods, so what they have counted is of that share alone. Blue and green are a trial
with two shares: none, to be looked at, and all.
"""

import math
from dataclasses import dataclass, replace

from azora_operator import children
from azora_operator.children.canary import canary_name
from azora_operator.conditions import Fact, Reason
from azora_operator.durations import span
from azora_operator.observed import Observed
from azora_operator.rendering import REVISION_LABEL, Object, Rendering
from azora_operator.revisions import Revision, ready_since
from azora_operator.strategies import Stage
from azora_operator.tally import Tally
from azora_operator.trouble import trouble_of

APPROVAL = "azora.dev/approve"


@dataclass(frozen=True)
class Trial:
    """The canary as it is to be now; `failure` says why it is given up instead, `passed` that it is good."""

    deployment: Object
    fact: Fact
    failure: str = ""
    passed: bool = False


def is_tried(given: Rendering, wanted: Revision, good: Revision | None, seen: Observed) -> bool:
    """Whether this revision has to prove itself before the pods are made from it."""
    return (
        bool(given.plugin.rollout.stages)
        and good is not None
        and good.name != wanted.name
        and _revision_of(seen.children.get(("Deployment", given.name))) != wanted.name
        and (given.replicas > 0 or given.plugin.scaling is not None)
    )


def try_out(given: Rendering, wanted: Revision, seen: Observed) -> Trial:
    """Begin the trial, go on with it, or end it one way or the other."""
    stages = given.plugin.rollout.stages
    share = share_of(given, wanted, seen)
    if share is None:
        return _at(given, wanted, stages[0].share, "its pods come")
    if seen.broker_trouble:
        return _at(given, wanted, share, f"not judged while {seen.broker_trouble}")
    stage = next((each for each in stages if each.share >= share), stages[-1])
    if failure := _failure(given, wanted, share, stage, seen):
        return replace(_at(given, wanted, share, failure), failure=failure)
    lasted = _lasted(given, wanted, share, seen)
    if lasted is None:
        return _at(given, wanted, share, "its pods come")
    if lasted < span(stage.lasts):
        return _at(given, wanted, share, f"this step lasts {stage.lasts}")
    if lacking := _lacking(given, wanted, stage, _tally(wanted, share, seen)):
        trial = _at(given, wanted, share, lacking)
        late = stage.deadline is not None and lasted >= span(stage.deadline)
        return replace(trial, failure=f"{lacking} within {stage.deadline}") if late else trial
    if larger := [each.share for each in stages if each.share > share]:
        return _at(given, wanted, larger[0], "its pods come")
    return replace(_at(given, wanted, share, "it is good"), passed=True)


def remaining(given: Rendering, wanted: Revision, seen: Observed) -> Object | None:
    """The canary of a revision that is taking the place of the old one: it stays until that is done."""
    share = share_of(given, wanted, seen)
    return None if share is None else children.canary(given, wanted.template, share)


def share_of(given: Rendering, wanted: Revision, seen: Observed) -> int | None:
    """The share of the canary that there is, if it is one of this revision."""
    there = seen.children.get(("Deployment", canary_name(given.name)))
    name, _, share = _revision_of(there).partition("-")
    return int(share) if name == wanted.name and share.isdecimal() else None


def _failure(given: Rendering, wanted: Revision, share: int, stage: Stage, seen: Observed) -> str:
    """Why this revision is not good enough; empty as far as is known."""
    tally = _tally(wanted, share, seen)
    if trouble := trouble_of(_revision(wanted, share), given, seen, canary_name(given.name)):
        return trouble.message
    if tally is None:
        return ""
    if tally.faults > stage.max_error_ratio * max(tally.calls, stage.calls):
        return f"{tally.faults} of {tally.calls} calls of its canary failed"
    limit = span(stage.max_latency) if stage.max_latency else math.inf
    if tally.calls >= stage.calls and tally.latency > limit:
        took = f"5 of 100 calls of its canary took longer than {tally.latency:.3g} s"
        return f"{took}, where {stage.max_latency} is allowed"
    return ""


def _lacking(given: Rendering, wanted: Revision, stage: Stage, tally: Tally | None) -> str:
    """What is missing for the next step; nothing of what was counted where no deadline waits for it."""
    if stage.approved:
        approved = given.meta.get("annotations", {}).get(APPROVAL) == wanted.name
        return "" if approved else f"it waits for the annotation {APPROVAL}={wanted.name}"
    if stage.deadline is None:
        return ""
    if tally is None:
        return "its pods do not say what they have counted"
    return "" if tally.calls >= stage.calls else f"it was called less than {stage.calls} times"


def _lasted(given: Rendering, wanted: Revision, share: int, seen: Observed) -> float | None:
    """For how many seconds all pods of this step have answered; None while they do not."""
    pods = list(seen.pods_of(_revision(wanted, share)))
    since = max(map(ready_since, pods), default=math.inf)
    enough = len(pods) >= children.canary(given, wanted.template, share)["spec"]["replicas"]
    return seen.now - since if enough and since < math.inf else None


def _at(given: Rendering, wanted: Revision, share: int, how: str) -> Trial:
    message = f"revision {wanted.name} has {share} % of the calls: {how}"
    fact = Fact("Promoted", False, Reason.CANARY_RUNNING, message)
    return Trial(children.canary(given, wanted.template, share), fact)


def _tally(wanted: Revision, share: int, seen: Observed) -> Tally | None:
    return seen.tallies.get(_revision(wanted, share))


def _revision(wanted: Revision, share: int) -> str:
    """What the pods of a share are labelled with."""
    return f"{wanted.name}-{share}"


def _revision_of(deployment: Object | None) -> str:
    if deployment is None:
        return ""
    labels = deployment["spec"]["template"]["metadata"].get("labels", {})
    return str(labels.get(REVISION_LABEL, ""))
