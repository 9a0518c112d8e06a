"""Conditions as Kubernetes writes them, so that `kubectl wait --for=condition=Ready` works.

Every reason that the operator gives is a member of Reason; docs/guides/cluster.md tells the remedies.
"""

from dataclasses import dataclass
from enum import StrEnum

from azora_operator.durations import stamp
from azora_operator.rendering import Object


class Reason(StrEnum):
    """Why a condition is as it is."""

    ACCEPTED = "Accepted"
    PROVIDER_MISSING = "ProviderMissing"
    PROVIDING = "Providing"
    PLATFORM_MISSING = "PlatformMissing"
    SECRET_MISSING = "SecretMissing"  # noqa: S105
    REQUIREMENT_NOT_READY = "RequirementNotReady"
    NOTHING_TO_MIGRATE = "NothingToMigrate"
    MIGRATING = "Migrating"
    MIGRATED = "Migrated"
    MIGRATION_FAILED = "MigrationFailed"
    NOT_DEPLOYED = "NotDeployed"
    ROLLING_OUT = "RollingOut"
    AVAILABLE = "Available"
    CANARY_RUNNING = "CanaryRunning"
    PAUSED = "Paused"
    PLANNED = "Planned"
    READY = "Ready"
    LOAD_KNOWN = "LoadKnown"
    LOAD_UNKNOWN = "LoadUnknown"
    BROKER_READY = "BrokerReady"
    BROKER_UNREACHABLE = "BrokerUnreachable"
    HEALTHY = "Healthy"
    CRASH_LOOPING = "CrashLooping"
    DEADLINE_MISSED = "DeadlineMissed"
    ROLLED_BACK = "RolledBack"
    CONSUMER_STUCK = "ConsumerStuck"
    HEALING_EXHAUSTED = "HealingExhausted"
    DRAINING = "Draining"
    PURGING = "Purging"
    WAITING_FOR_PLUGINS = "WaitingForPlugins"


@dataclass(frozen=True)
class Fact:
    """A condition before it has a time."""

    type: str
    holds: bool
    reason: Reason
    message: str = ""


def conditions(facts: list[Fact], before: Object, generation: int, now: float) -> list[Object]:
    """The conditions of a status; one that holds as before keeps its moment."""
    known = {each["type"]: each for each in before.get("conditions", ())}
    moment = stamp(now)
    return [_condition(fact, known.get(fact.type), generation, moment) for fact in facts]


def _condition(fact: Fact, before: Object | None, generation: int, now: str) -> Object:
    status = "True" if fact.holds else "False"
    same = before is not None and before["status"] == status
    return {
        "type": fact.type,
        "status": status,
        "reason": str(fact.reason),
        "message": fact.message,
        "lastTransitionTime": before["lastTransitionTime"] if before and same else now,
        "observedGeneration": generation,
    }
