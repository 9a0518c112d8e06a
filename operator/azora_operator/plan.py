"""The whole judgement of the operator, pure: what is wanted and what is there → what to do and to say."""

from dataclasses import dataclass, field

from azora_operator import children
from azora_operator.budget import Budget, Heal
from azora_operator.conditions import Fact, Reason
from azora_operator.drift import differs
from azora_operator.news import News, scaled
from azora_operator.observed import Observed, key_of
from azora_operator.preview import is_previewed, preview
from azora_operator.rendering import REVISION_LABEL, Object, Rendering, is_held, secrets_of
from azora_operator.resources import PlatformSpec, PluginSpec
from azora_operator.revisions import is_proven, keep
from azora_operator.rollout import RollOut, roll_out
from azora_operator.status import holding, plugin_status, ready, running_status
from azora_operator.stuck import Healing, heal_stuck
from azora_operator.trial import remaining


@dataclass(frozen=True)
class Plan:
    """Children to write and to delete, the status to tell, and what is done that it does not show.

    `hold` keeps the resource, when somebody deletes it, until the operator has done its part.
    """

    status: Object
    write: list[Object] = field(default_factory=list)
    delete: list[Object] = field(default_factory=list)
    news: list[News] = field(default_factory=list)
    hold: bool = False
    unsettled: bool = False
    """Whether time alone, or something that is not watched, may change it."""


def plan(plugin: Object, seen: Observed) -> Plan:
    """What to do for one AzoraPlugin. Carried out, the same plan made again is empty."""
    if seen.platform is None:
        facts = [_without_platform(plugin)]
        status = plugin_status(plugin, seen, [*facts, ready(facts)])
        return Plan(status, hold=is_held(plugin), unsettled=True)
    given = _rendering(plugin, seen)
    obstacle, migrated = _obstacle(given, seen), _migrated(given, seen)
    paused = given.plugin.paused or given.platform.paused
    previewed = is_previewed(plugin) or is_previewed(seen.platform)
    still = Reason.PLANNED if previewed else Reason.PAUSED if paused else None
    writes = still is None and obstacle is None
    budget = Budget.of(given.plugin.healing, plugin.get("status", {}), seen.now)
    rolled = roll_out(given, seen, budget, act=writes and migrated.holds)
    healing = heal_stuck(given, seen, rolled, budget, act=writes)
    accepted = Fact("Accepted", True, Reason.ACCEPTED, "the resource is good")
    facts = [obstacle or accepted, migrated, _available(given, rolled, seen), healing.health]
    wanted = _wanted(given, rolled, seen, migrated=migrated.holds or previewed)
    write = [each for each in wanted if differs(each, seen.children.get(key_of(each)))]
    delete = _superfluous(wanted, given, rolled, seen)
    delete += [healing.pod] if healing.pod else []
    lines = preview(write, delete, seen) if previewed else None
    facts += [rolled.trial.fact] if rolled.trial else []
    told = [*facts, *_load_known(given, seen), *_planned(lines), ready(facts, still)]
    status = plugin_status(plugin, seen, told)
    status |= running_status(given, rolled, budget, healing.heal) | {"plan": lines}
    if not writes:
        return Plan(status, hold=is_held(plugin), unsettled=True)
    unsettled = "Ready" not in holding({"status": status})
    unsettled = unsettled or _is_timed(given, rolled, budget, healing.heal)
    news = [*_replaced(healing), *_scaled(given, seen)]
    return Plan(status, write, delete, news, hold=_waits(given), unsettled=unsettled)


def _rendering(plugin: Object, seen: Observed) -> Rendering:
    assert seen.platform is not None
    spec = PluginSpec.model_validate(plugin["spec"])
    platform = PlatformSpec.of(seen.platform)
    deployment = seen.children.get(("Deployment", plugin["metadata"]["name"]))
    replicas = _replicas(spec, deployment, seen.target)
    return Rendering(plugin["metadata"], spec, platform, replicas, seen.secrets, seen.served)


def _replicas(spec: PluginSpec, deployment: Object | None, target: int | None) -> int:
    """How many pods there should be; while the load is not known, as many as there are."""
    if spec.scaling is None:
        return spec.replicas
    if target is None:
        target = deployment["spec"]["replicas"] if deployment else spec.scaling.min
    least = 0 if spec.scaling.to_zero else spec.scaling.min
    return max(least, min(spec.scaling.max, target))


def _load_known(given: Rendering, seen: Observed) -> list[Fact]:
    if given.plugin.scaling is None:
        return []
    if seen.target is not None:
        return [Fact("LoadKnown", True, Reason.LOAD_KNOWN)]
    why = seen.broker_trouble or "it is not measured yet"
    if given.platform.management is None:
        why = f"AzoraPlatform {given.plugin.platform} has no spec.management"
    return [Fact("LoadKnown", False, Reason.LOAD_UNKNOWN, f"{why}: the number of pods stays")]


def _planned(lines: list[str] | None) -> list[Fact]:
    if lines is None:
        return []
    message = f"{len(lines)} changes, in status.plan; take the annotation away to have them made"
    return [Fact("Planned", True, Reason.PLANNED, message if lines else "nothing would change")]


def _without_platform(plugin: Object) -> Fact:
    name = plugin["spec"]["platform"]
    message = f"there is no AzoraPlatform {name} in this namespace: make it, or name another"
    return Fact("Accepted", False, Reason.PLATFORM_MISSING, message)


def _obstacle(given: Rendering, seen: Observed) -> Fact | None:
    """Why nothing is deployed or changed now."""
    absent = sorted(secrets_of(given.plugin, given.platform) - seen.secrets.keys())
    if absent:
        message = f"there is no Secret {', '.join(absent)} in this namespace: make it"
        return Fact("Accepted", False, Reason.SECRET_MISSING, message)
    awaited = sorted(set(given.plugin.requires) - seen.ready)
    if awaited and ("Deployment", given.name) not in seen.children:
        message = f"waits until {', '.join(awaited)} is Ready"
        return Fact("Accepted", False, Reason.REQUIREMENT_NOT_READY, message)
    return None


def _wanted(given: Rendering, rolled: RollOut, seen: Observed, *, migrated: bool) -> list[Object]:
    """Every child that there should be. Until the database is migrated the pods stay as they are."""
    job = children.migration_job(given)
    canary = _canary(given, rolled, seen) if migrated else None
    made = [
        children.service_account(given),
        children.config_map(given, given.config_name, given.config),
        None if rolled.is_wanted else rolled.revision.config_map(given),
        None if _is_done(job, seen) else job,
        children.network_policy(given),
        children.disruption_budget(given),
        children.service(given, canary),
        children.preview_service(given, canary),
        children.route(given),
        children.service_monitor(given),
        children.volume_claim(given),
        *(_working(given, rolled) if migrated else ()),
        canary,
        keep(given, rolled.revision, seen) if _is_good(given, rolled, seen) else None,
    ]
    return list({key_of(each): each for each in made if each is not None}.values())


def _working(given: Rendering, rolled: RollOut) -> list[Object]:
    """What works with the database: the pods, and the jobs of the same revision."""
    return [rolled.deployment, *children.cron_jobs(given, rolled.revision.template)]


def _canary(given: Rendering, rolled: RollOut, seen: Observed) -> Object | None:
    """The pods of a revision on trial, or of one that is taking the place of the old one."""
    if rolled.trial:
        return rolled.trial.deployment
    if rolled.is_wanted and not _settled(given, rolled, seen):
        return remaining(given, rolled.revision, seen)
    return None


def _is_done(job: Object | None, seen: Observed) -> bool:
    """A finished Job is left alone, whatever it was rendered from: its pods can change no more."""
    return job is not None and key_of(job) in seen.children


def _is_good(given: Rendering, rolled: RollOut, seen: Observed) -> bool:
    """Whether the pods have shown that there is a way back to them."""
    settled = _settled(given, rolled, seen)
    return rolled.is_wanted and settled and is_proven(given, rolled.revision, seen)


def _superfluous(
    wanted: list[Object], given: Rendering, rolled: RollOut, seen: Observed
) -> list[Object]:
    """Children that nothing uses any more. What the pods of an older revision read stays with them."""
    keep = {key_of(each) for each in wanted} | {("Deployment", given.name)}
    keep |= {("Job", given.migration_name or "")}
    keep |= {key for key in seen.children if key[0] == "PersistentVolumeClaim"}
    if not _migrated(given, seen).holds:
        keep |= {key for key in seen.children if key[0] == "CronJob"}
    if not _settled(given, rolled, seen):
        keep |= {key for key in seen.children if key[0] == "ConfigMap"}
    if not _is_good(given, rolled, seen):
        keep |= {key for key in seen.children if key[0] == "ControllerRevision"}
    return [each for key, each in sorted(seen.children.items()) if key not in keep]


def _migrated(given: Rendering, seen: Observed) -> Fact:
    name = given.migration_name
    if name is None:
        return Fact("Migrated", True, Reason.NOTHING_TO_MIGRATE)
    job = seen.children.get(("Job", name))
    ended = holding(job)
    if "Complete" in ended:
        return Fact("Migrated", True, Reason.MIGRATED)
    if "Failed" in ended:
        message = f"{ended['Failed']}: see kubectl logs job/{name}; delete the Job to try again"
        return Fact("Migrated", False, Reason.MIGRATION_FAILED, message)
    return Fact("Migrated", False, Reason.MIGRATING, f"job/{name} is at work")


def _available(given: Rendering, rolled: RollOut, seen: Observed) -> Fact:
    deployment = seen.children.get(("Deployment", given.name))
    if deployment is None:
        return Fact("Available", False, Reason.NOT_DEPLOYED, "there are no pods yet")
    answering = deployment.get("status", {}).get("readyReplicas", 0)
    scaling = given.plugin.scaling
    if scaling and answering >= min(scaling.min, given.replicas):
        well = _up_to_date(deployment, rolled)
    else:
        well = _settled(given, rolled, seen)
    if well:
        return Fact("Available", True, Reason.AVAILABLE, f"{answering} pods answer")
    remedy = f"see kubectl describe deployment/{given.name}"
    message = f"{answering} of {given.replicas} pods answer: {remedy}"
    return Fact("Available", False, Reason.ROLLING_OUT, message)


def _settled(given: Rendering, rolled: RollOut, seen: Observed) -> bool:
    """Whether the pods are all there, of the revision that they should have, and answer."""
    actual = seen.children.get(("Deployment", given.name))
    if actual is None or differs(rolled.deployment, actual) or not _up_to_date(actual, rolled):
        return False
    status = actual.get("status", {})
    return (
        status.get("replicas", 0) == given.replicas
        and status.get("availableReplicas", 0) == given.replicas
    )


def _up_to_date(deployment: Object, rolled: RollOut) -> bool:
    """Whether there is no pod of another revision, as far as Kubernetes has got."""
    status, meta = deployment.get("status", {}), deployment["spec"]["template"]["metadata"]
    return (
        meta.get("labels", {}).get(REVISION_LABEL) == rolled.revision.name
        and status.get("observedGeneration") == deployment["metadata"].get("generation")
        and status.get("updatedReplicas", 0) == status.get("replicas", 0)
    )


def _waits(given: Rendering) -> bool:
    """Whether there is something to wait for when it is deleted; what is held needs an operator to go."""
    return given.plugin.deletion.policy != "Drain" or given.platform.management is not None


def _is_timed(given: Rendering, rolled: RollOut, budget: Budget, heal: Heal | None) -> bool:
    """Whether pods are still to prove themselves, or what was healed is to be forgotten some day."""
    proven = rolled.good and rolled.good.name == rolled.revision.name
    unproven = given.replicas > 0 and not proven
    return unproven or bool(budget.used) or heal is not None or bool(given.plugin.scaling)


def _replaced(healing: Healing) -> list[News]:
    if healing.heal is None or healing.pod is None:
        return []
    return [News(healing.heal.action, healing.heal.message, warning=True)]


def _scaled(given: Rendering, seen: Observed) -> list[News]:
    deployment = seen.children.get(("Deployment", given.name))
    before = deployment["spec"]["replicas"] if deployment else given.replicas
    if given.plugin.scaling is None or before == given.replicas:
        return []
    return [scaled(before, given.replicas, given.plugin.scaling.target_latency)]
