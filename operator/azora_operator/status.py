"""What the operator tells of a plugin and of a platform, in their status."""

from collections.abc import Sequence
from typing import Any

from azora_operator.budget import Budget, Heal
from azora_operator.conditions import Fact, Reason, conditions
from azora_operator.observed import Observed
from azora_operator.provision import secrets_provided
from azora_operator.rendering import Object, Rendering, secrets_of_platform
from azora_operator.resources import PlatformSpec
from azora_operator.rollout import RollOut


def plugin_status(plugin: Object, seen: Observed, facts: list[Fact]) -> Object:
    """The status of a plugin of which these facts hold."""
    generation = plugin["metadata"]["generation"]
    deployment = seen.children.get(("Deployment", plugin["metadata"]["name"]), {})
    pods = deployment.get("status", {})
    return {
        "observedGeneration": generation,
        "replicas": pods.get("replicas", 0),
        "readyReplicas": pods.get("readyReplicas", 0),
        "conditions": conditions(facts, plugin.get("status", {}), generation, seen.now),
    }


def running_status(
    given: Rendering, roll_out: RollOut, budget: Budget, heal: Heal | None
) -> Object:
    """What is told beside of a plugin that has a platform; `heal` is what its plan does by itself."""
    heals = [*budget.used, *([heal.told] if heal else [])]
    return {
        "selector": ",".join(f"{k}={v}" for k, v in sorted(given.serving.items())),
        "revision": roll_out.revision.name,
        "lastGoodRevision": roll_out.good.name if roll_out.good else None,
        "heals": heals,
    }


def ready(facts: list[Fact], still: Reason | None = None) -> Fact:
    """The sum of all facts, of which `Degraded` is the one that had better not hold.

    `still` tells why nothing is changed, whatever they are.
    """
    failing = next((f for f in facts if f.holds == (f.type == "Degraded")), None)
    if failing:
        return Fact("Ready", False, failing.reason, failing.message)
    if still:
        return Fact("Ready", True, still, f"{still.lower()}: nothing is changed")
    return Fact("Ready", True, Reason.READY)


def platform_status(
    platform: Object,
    plugins: list[Object],
    secrets: dict[str, str],
    now: float,
    broker_trouble: str = "",
    unknown: Sequence[str] = (),
) -> Object:
    """The status of an AzoraPlatform with these plugins; `unknown` are kinds that it needs and the cluster
    does not know."""
    spec = PlatformSpec.of(platform)
    absent = sorted(secrets_of_platform(spec) - secrets.keys())
    facts = [] if spec.management is None else [_broker_ready(broker_trouble)]
    if "deletionTimestamp" in platform["metadata"]:
        names = ", ".join(sorted(plugin["metadata"]["name"] for plugin in plugins))
        message = f"it goes when its plugins are gone: {names}"
        facts.append(Fact("Ready", False, Reason.WAITING_FOR_PLUGINS, message))
    elif unknown:
        message = f"the cluster does not know {', '.join(unknown)}: install its operator"
        facts.append(Fact("Ready", False, Reason.PROVIDER_MISSING, message))
    elif absent and set(absent) <= secrets_provided(platform):
        message = f"waits for the Secret {', '.join(absent)} of what is being made"
        facts.append(Fact("Ready", False, Reason.PROVIDING, message))
    elif absent:
        message = f"there is no Secret {', '.join(absent)} in this namespace: make it"
        facts.append(Fact("Ready", False, Reason.SECRET_MISSING, message))
    else:
        facts.append(ready(facts, Reason.PAUSED if spec.paused else None))
    generation = platform["metadata"]["generation"]
    return {
        "observedGeneration": generation,
        "plugins": f"{sum(map(is_ready, plugins))}/{len(plugins)}",
        "conditions": conditions(facts, platform.get("status", {}), generation, now),
    }


def _broker_ready(trouble: str) -> Fact:
    if not trouble:
        return Fact("BrokerReady", True, Reason.BROKER_READY)
    message = f"{trouble}; the pods are left as they are"
    return Fact("BrokerReady", False, Reason.BROKER_UNREACHABLE, message)


def is_ready(resource: Object | None) -> bool:
    """Whether a resource says that it is Ready."""
    return "Ready" in holding(resource)


def holding(resource: Object | None) -> dict[str, str]:
    """The conditions that hold, with their messages."""
    told: list[dict[str, Any]] = (resource or {}).get("status", {}).get("conditions", [])
    return {each["type"]: each.get("message", "") for each in told if each["status"] == "True"}
