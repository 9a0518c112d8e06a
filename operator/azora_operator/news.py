"""What is worth an Event: what has changed between two statuses, told once.

Most Events carry the reason of the condition that has changed; docs/guides/cluster.md tells of all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from azora_operator.conditions import Reason
from azora_operator.rendering import MANAGER, Object, digest


class Happening(StrEnum):
    """Reasons of Events that are no conditions."""

    ROLLED_OUT = "RolledOut"
    SCALED = "Scaled"
    WRITE_REFUSED = "WriteRefused"
    TOPOLOGY_RESTORED = "TopologyRestored"
    DRAIN_INCOMPLETE = "DrainIncomplete"
    ORPHANED = "Orphaned"
    PURGED = "Purged"
    PURGE_FAILED = "PurgeFailed"


ALARMING = frozenset(
    {
        Reason.PLATFORM_MISSING,
        Reason.SECRET_MISSING,
        Reason.MIGRATION_FAILED,
        Reason.BROKER_UNREACHABLE,
        Reason.CRASH_LOOPING,
        Reason.DEADLINE_MISSED,
        Reason.ROLLED_BACK,
        Reason.CONSUMER_STUCK,
        Reason.HEALING_EXHAUSTED,
    }
)
"""Reasons of conditions of which a person wants to hear, and again when they are gone."""


@dataclass(frozen=True)
class News:
    """What has happened, for an Event."""

    reason: str
    message: str
    warning: bool = False


def changes(before: Object, now: Object) -> list[News]:
    """What two statuses of a resource, one after the other, tell a person."""
    return [*_alarms(before, now), *_rolled_out(before, now)]


def scaled(before: int, now: int, latency: str) -> News:
    """The number of pods has followed the load."""
    message = f"from {before} to {now} pods, so that nothing waits longer than {latency}"
    return News(Happening.SCALED, message)


def refused(error: Exception) -> News:
    """Kubernetes does not take what the operator wants to write."""
    return News(Happening.WRITE_REFUSED, f"it is tried again, less and less often: {error}", True)


def event_of(resource: Object, news: News, now: str) -> Object:
    """The Event that tells news of a resource; its name is the same when the news is."""
    meta = resource["metadata"]
    about = {key: resource[key] for key in ("apiVersion", "kind")}
    about |= {key: meta[key] for key in ("namespace", "name", "uid")}
    name = f"{meta['name']}.{digest([about, news.reason, news.message])}"
    return {
        "metadata": {"name": name, "namespace": meta["namespace"]},
        "involvedObject": about,
        "type": "Warning" if news.warning else "Normal",
        "reason": str(news.reason),
        "message": news.message[:1024],
        "source": {"component": MANAGER},
        "firstTimestamp": now,
        "lastTimestamp": now,
        "count": 1,
    }


def _alarms(before: Object, now: Object) -> Iterator[News]:
    known = {each["type"]: each for each in before.get("conditions", ())}
    for each in now.get("conditions", ()):
        reason, last = each["reason"], known.get(each["type"], {}).get("reason", "")
        if each["type"] == "Ready" or reason == last:
            continue
        if reason in ALARMING:
            yield News(reason, each["message"], warning=True)
        elif last in ALARMING:
            yield News(reason, f"{each['message'] or 'well again'} (it was {last})")


def _rolled_out(before: Object, now: Object) -> Iterator[News]:
    good = now.get("lastGoodRevision")
    if good and good != before.get("lastGoodRevision"):
        yield News(Happening.ROLLED_OUT, f"all pods are of revision {good}, and answer")
