"""The whole judgement of the operator, pure: what is wanted and what is there → what to do and to say."""

from dataclasses import dataclass, field
from typing import Any

from azora_operator import children
from azora_operator.conditions import Fact, Reason, conditions
from azora_operator.drift import differs
from azora_operator.rendering import Object, Rendering, digest, secrets_of, secrets_of_platform
from azora_operator.resources import PlatformSpec, PluginSpec

Key = tuple[str, str]
"""Kind and name of a child."""


@dataclass(frozen=True)
class Observed:
    """What there is: the platform, the plugin's children, the hashes of Secrets, who else is Ready."""

    platform: Object | None = None
    children: dict[Key, Object] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    ready: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Plan:
    """Children to write and to delete, and the status to tell."""

    status: Object
    write: list[Object] = field(default_factory=list)
    delete: list[Object] = field(default_factory=list)


def plan(plugin: Object, seen: Observed) -> Plan:
    """What to do for one AzoraPlugin. Carried out, the same plan made again is empty."""
    obstacle = _obstacle(plugin, seen)
    if seen.platform is None or (obstacle and obstacle.reason == Reason.PLATFORM_MISSING):
        return Plan(_status(plugin, seen, None, [obstacle] if obstacle else []))
    given = _rendering(plugin, seen)
    migrated = _migrated(given, seen)
    wanted = [] if obstacle else _wanted(given, seen, roll_out=migrated.holds)
    facts = [
        obstacle or Fact("Accepted", True, Reason.ACCEPTED, "the resource is good"),
        migrated,
        _available(given, seen),
    ]
    status = _status(plugin, seen, given, facts)
    if given.plugin.paused or given.platform.paused or obstacle:
        return Plan(status)
    return Plan(
        status,
        write=[each for each in wanted if differs(each, seen.children.get(_key(each)))],
        delete=_superfluous(wanted, given, seen),
    )


def _rendering(plugin: Object, seen: Observed) -> Rendering:
    assert seen.platform is not None
    return Rendering(
        plugin["metadata"],
        PluginSpec.model_validate(plugin["spec"]),
        PlatformSpec.model_validate(seen.platform["spec"]),
        seen.secrets,
    )


def _obstacle(plugin: Object, seen: Observed) -> Fact | None:
    """Why nothing is deployed or changed now."""
    name = plugin["spec"]["platform"]
    if seen.platform is None:
        message = f"there is no AzoraPlatform {name} in this namespace: make it, or name another"
        return Fact("Accepted", False, Reason.PLATFORM_MISSING, message)
    given = _rendering(plugin, seen)
    absent = sorted(secrets_of(given.plugin, given.platform) - seen.secrets.keys())
    if absent:
        message = f"there is no Secret {', '.join(absent)} in this namespace: make it"
        return Fact("Accepted", False, Reason.SECRET_MISSING, message)
    awaited = sorted(set(given.plugin.requires) - seen.ready)
    if awaited and ("Deployment", given.name) not in seen.children:
        message = f"waits until {', '.join(awaited)} is Ready"
        return Fact("Accepted", False, Reason.REQUIREMENT_NOT_READY, message)
    return None


def _wanted(given: Rendering, seen: Observed, *, roll_out: bool) -> list[Object]:
    """Every child that there should be. Until the database is migrated the pods stay as they are."""
    job = children.migration_job(given)
    made = [
        children.service_account(given),
        children.config_map(given),
        None if _is_done(job, seen) else job,
        children.network_policy(given),
        children.disruption_budget(given),
        children.service(given),
        children.deployment(given) if roll_out else None,
    ]
    return [each for each in made if each is not None]


def _is_done(job: Object | None, seen: Observed) -> bool:
    """A finished Job is left alone, whatever it was rendered from: its pods can change no more."""
    return job is not None and _key(job) in seen.children


def _superfluous(wanted: list[Object], given: Rendering, seen: Observed) -> list[Object]:
    """Children that nothing uses any more. What the pods of an older revision read stays with them."""
    keep = {_key(each) for each in wanted} | {("Deployment", given.name)}
    keep |= {("Job", given.migration_name or "")}
    if not _settled(given, seen):
        keep |= {key for key in seen.children if key[0] == "ConfigMap"}
    return [each for key, each in sorted(seen.children.items()) if key not in keep]


def _migrated(given: Rendering, seen: Observed) -> Fact:
    name = given.migration_name
    if name is None:
        return Fact("Migrated", True, Reason.NOTHING_TO_MIGRATE)
    job = seen.children.get(("Job", name))
    ended = _holding(job)
    if "Complete" in ended:
        return Fact("Migrated", True, Reason.MIGRATED)
    if "Failed" in ended:
        message = f"{ended['Failed']}: see kubectl logs job/{name}; delete the Job to try again"
        return Fact("Migrated", False, Reason.MIGRATION_FAILED, message)
    return Fact("Migrated", False, Reason.MIGRATING, f"job/{name} is at work")


def _available(given: Rendering, seen: Observed) -> Fact:
    deployment = seen.children.get(("Deployment", given.name))
    if deployment is None:
        return Fact("Available", False, Reason.NOT_DEPLOYED, "there are no pods yet")
    if not _settled(given, seen):
        status = deployment.get("status", {})
        ready, wanted = status.get("readyReplicas", 0), given.plugin.replicas
        message = f"{ready} of {wanted} pods answer: see kubectl describe deployment/{given.name}"
        return Fact("Available", False, Reason.ROLLING_OUT, message)
    return Fact("Available", True, Reason.AVAILABLE, f"{given.plugin.replicas} pods answer")


def _settled(given: Rendering, seen: Observed) -> bool:
    """Whether all pods are of the wanted revision and answer."""
    actual = seen.children.get(("Deployment", given.name))
    if actual is None or differs(children.deployment(given), actual):
        return False
    status, wanted = actual.get("status", {}), given.plugin.replicas
    return (
        status.get("observedGeneration") == actual["metadata"].get("generation")
        and status.get("replicas", 0) == wanted
        and status.get("updatedReplicas", 0) == wanted
        and status.get("availableReplicas", 0) == wanted
    )


def _status(plugin: Object, seen: Observed, given: Rendering | None, facts: list[Fact]) -> Object:
    generation = plugin["metadata"]["generation"]
    paused = given is not None and (given.plugin.paused or given.platform.paused)
    failing = next((fact for fact in facts if not fact.holds), None)
    ready = (
        Fact(
            "Ready",
            True,
            Reason.PAUSED if paused else Reason.READY,
            "paused: nothing is changed" if paused else "",
        )
        if failing is None
        else Fact("Ready", False, failing.reason, failing.message)
    )
    deployment = seen.children.get(("Deployment", plugin["metadata"]["name"]), {})
    pods = deployment.get("status", {})
    counted: Object = {
        "replicas": pods.get("replicas", 0),
        "readyReplicas": pods.get("readyReplicas", 0),
    }
    if given is not None:
        counted["selector"] = ",".join(f"{k}={v}" for k, v in sorted(given.selector.items()))
        counted["revision"] = digest(children.deployment(given)["spec"]["template"])
    return {
        "observedGeneration": generation,
        **counted,
        "conditions": conditions([*facts, ready], plugin.get("status", {}), generation),
    }


def plan_platform(platform: Object, plugins: list[Object], secrets: dict[str, str]) -> Object:
    """The status of an AzoraPlatform with these plugins."""
    spec = PlatformSpec.model_validate(platform["spec"])
    absent = sorted(secrets_of_platform(spec) - secrets.keys())
    ready = [each for each in plugins if is_ready(each)]
    if absent:
        message = f"there is no Secret {', '.join(absent)} in this namespace: make it"
        fact = Fact("Ready", False, Reason.SECRET_MISSING, message)
    else:
        fact = Fact("Ready", True, Reason.PAUSED if spec.paused else Reason.READY)
    generation = platform["metadata"]["generation"]
    return {
        "observedGeneration": generation,
        "plugins": f"{len(ready)}/{len(plugins)}",
        "conditions": conditions([fact], platform.get("status", {}), generation),
    }


def is_ready(resource: Object) -> bool:
    """Whether a resource says that it is Ready."""
    return "Ready" in _holding(resource)


def _holding(resource: Object | None) -> dict[str, str]:
    """The conditions that hold, with their messages."""
    told: list[dict[str, Any]] = (resource or {}).get("status", {}).get("conditions", [])
    return {each["type"]: each.get("message", "") for each in told if each["status"] == "True"}


def _key(child: Object) -> Key:
    return child["kind"], child["metadata"]["name"]
