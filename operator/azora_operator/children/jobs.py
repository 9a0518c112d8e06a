"""The Jobs of a plugin: what migrates its database before its pods, and what deletes all it keeps."""

from azora_operator.children.pods import container, pod_spec
from azora_operator.durations import seconds
from azora_operator.rendering import Object, Rendering, digest


def migration_job(given: Rendering) -> Object | None:
    """Once for each image."""
    migration = given.plugin.migration
    if migration is None or given.migration_name is None:
        return None
    additive = {"name": "AZORA_ADDITIVE_MIGRATIONS", "value": str(not migration.breaking).lower()}
    spec = _job(given, "migrate", migration.command, migration.timeout, additive)
    return given.child("batch/v1", "Job", spec, name=given.migration_name)


def purge_job(given: Rendering) -> Object:
    """Once, when the plugin's pods are gone for ever."""
    plugin = given.name.replace("-", "_")
    command = ["azora", "plugins", "uninstall", plugin, "--data", "delete", "--campus-ends"]
    spec = _job(given, "purge", command, given.plugin.deletion.deadline)
    name = f"{given.name}-purge-{digest(given.meta['uid'])}"
    return given.child("batch/v1", "Job", spec, name=name)


def _job(
    given: Rendering, name: str, command: list[str], timeout: str, *settings: Object
) -> Object:
    whole = container(given, name, list(command))
    # The pod's own folder ends with it, so a copy of the database kept there would protect nobody.
    unsaved = {"name": "AZORA_BACKUP_BEFORE_UPGRADE", "value": "false"}
    whole["env"] = [*whole["env"], unsaved, *settings]
    managed = "app.kubernetes.io/managed-by"
    return {
        "backoffLimit": 3,
        "activeDeadlineSeconds": seconds(timeout),
        "template": {
            "metadata": {"labels": {managed: given.labels[managed]}},
            "spec": pod_spec(given, whole) | {"restartPolicy": "Never"},
        },
    }
