"""How a plugin and a platform go, pure: what is there while somebody deletes it → the next step.

No step waits for ever: once its deadline has passed the next is taken, and an Event says what was left.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from azora_operator import children
from azora_operator.children.deployment import GRACE
from azora_operator.conditions import Fact, Reason
from azora_operator.drift import differs
from azora_operator.durations import moment, seconds
from azora_operator.news import Happening, News
from azora_operator.observed import Observed, key_of
from azora_operator.plan import Plan
from azora_operator.rendering import Object, Rendering
from azora_operator.resources import PlatformSpec, PluginSpec
from azora_operator.status import holding, plugin_status

FRESH = 6.0
"""Seconds after which the broker's numbers tell of now: it counts every five."""
_CASCADE_ORPHAN = "orphan"
"""What `kubectl delete --cascade=orphan` leaves in a resource."""
_ENTRANCES = frozenset({"Service", "Ingress", "HTTPRoute", "CronJob"})


@dataclass(frozen=True)
class Leaving(Plan):
    """A step on the way out. `close`: nothing new is to reach its queues; `release`: let it go."""

    orphan: list[Object] = field(default_factory=list)
    close: bool = False
    release: bool = False


def is_going(resource: Object) -> bool:
    """Whether somebody has deleted it."""
    return "deletionTimestamp" in resource["metadata"]


def leave(plugin: Object, seen: Observed, waiting: int | None) -> Leaving:
    """The next step; `waiting` is how many messages wait or are in hand, None where nobody knows."""
    exit = _Exit(plugin, seen)
    if exit.is_orphaned:
        return exit.orphaned()
    if ("Deployment", exit.name) in seen.children:
        return exit.drained(waiting)
    if seen.pods and not exit.is_over(1, GRACE):
        return exit.wait(Reason.DRAINING, f"{len(seen.pods)} pods finish what they have begun")
    if exit.spec.deletion.policy == "Purge":
        return exit.purged()
    return exit.gone()


class _Exit:
    """A plugin that somebody has deleted."""

    def __init__(self, plugin: Object, seen: Observed) -> None:
        self._plugin, self._seen = plugin, seen
        self._meta = plugin["metadata"]
        self.name = self._meta["name"]
        self.spec = PluginSpec.model_validate(plugin["spec"])

    @property
    def is_orphaned(self) -> bool:
        cascade = _CASCADE_ORPHAN in self._meta.get("finalizers", ())
        return cascade or self.spec.deletion.policy == "Orphan"

    def is_over(self, times: int, spare: float = 0) -> bool:
        """Whether its deadline has passed so many times over."""
        allowed = times * seconds(self.spec.deletion.deadline) + spare
        return self._seen.now >= moment(self._meta["deletionTimestamp"]) + allowed

    def orphaned(self) -> Leaving:
        owned = [each for each in self._seen.children.values() if _owner(each) == self._meta["uid"]]
        message = f"{len(owned)} objects are left as they are, without an owner"
        return self.gone(News(Happening.ORPHANED, message), orphan=owned)

    def drained(self, waiting: int | None) -> Leaving:
        """Close the doors, wait until nothing waits, then end the pods."""
        pods = self._seen.children["Deployment", self.name]
        doors = [
            each
            for (kind, name), each in sorted(self._seen.children.items())
            if kind in _ENTRANCES or (kind == "Deployment" and name != self.name)
        ]
        trouble = self._trouble(waiting)
        if trouble is None or not pods["spec"]["replicas"]:
            return self.wait(Reason.DRAINING, "the pods end", Leaving({}, delete=[*doors, pods]))
        if self.is_over(1):
            message = f"the deadline has passed: {trouble}"
            news = [News(Happening.DRAIN_INCOMPLETE, message, warning=True)]
            return self.wait(
                Reason.DRAINING, message, Leaving({}, delete=[*doors, pods], news=news)
            )
        return self.wait(Reason.DRAINING, trouble, Leaving({}, delete=doors, close=True))

    def _trouble(self, waiting: int | None) -> str | None:
        """What is in the way of ending the pods."""
        if self._seen.broker_trouble:
            return f"it is not known what waits: {self._seen.broker_trouble}"
        if waiting is None:
            return None
        if waiting:
            return f"{waiting} messages wait or are in hand"
        age = self._seen.now - moment(self._meta["deletionTimestamp"])
        return None if age >= FRESH else "the broker counts what waits"

    def purged(self) -> Leaving:
        """Delete what it keeps, by a Job with its own image."""
        if self._seen.platform is None:
            return self._unpurged(f"there is no AzoraPlatform {self.spec.platform}")
        platform = PlatformSpec.of(self._seen.platform)
        given = Rendering(self._meta, self.spec, platform, 0, self._seen.secrets)
        job = children.purge_job(given)
        there = self._seen.children.get(key_of(job))
        ended = holding(there)
        if "Complete" in ended:
            told = News(Happening.PURGED, "its queues, database and files are deleted")
            return self.gone(told, delete=self._seen.of_kind("PersistentVolumeClaim"))
        if "Failed" in ended:
            return self._unpurged(f"the Job failed: {ended['Failed']}")
        if others := [each for each in self._seen.of_kind("Job") if key_of(each) != key_of(job)]:
            return self.wait(Reason.PURGING, "other Jobs end", Leaving({}, delete=others))
        if self.is_over(2, 2 * GRACE):
            return self._unpurged("the deadline has passed")
        config = children.config_map(given, given.config_name, given.config)
        needed = [children.service_account(given), config, *([] if there else [job])]
        write = [each for each in needed if differs(each, self._seen.children.get(key_of(each)))]
        message = f"job/{job['metadata']['name']} deletes its queues, database and files"
        return self.wait(Reason.PURGING, message, Leaving({}, write=write))

    def _unpurged(self, why: str) -> Leaving:
        message = f"what it keeps may be there still: {why}"
        return self.gone(News(Happening.PURGE_FAILED, message, warning=True))

    def wait(self, reason: Reason, message: str, step: Leaving | None = None) -> Leaving:
        """One more step, and then another look."""
        facts = [Fact("Deleting", True, reason, message), Fact("Ready", False, reason, message)]
        status = plugin_status(self._plugin, self._seen, facts)
        return replace(step or Leaving({}), status=status)

    def gone(
        self, *news: News, orphan: Sequence[Object] = (), delete: Sequence[Object] = ()
    ) -> Leaving:
        """The last step. What it owns goes after it."""
        step = Leaving({}, news=list(news), delete=list(delete))
        return replace(step, orphan=list(orphan), release=True)


def _owner(child: Object) -> str | None:
    owners = child["metadata"].get("ownerReferences", [])
    return next((each["uid"] for each in owners if each.get("controller")), None)
