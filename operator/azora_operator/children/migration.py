"""The Job that migrates the plugin's database, once for each image, before its pods are replaced."""

from azora_operator.children.pods import container, pod_spec
from azora_operator.durations import seconds
from azora_operator.rendering import Object, Rendering


def migration_job(given: Rendering) -> Object | None:
    migration = given.plugin.migration
    if migration is None or given.migration_name is None:
        return None
    whole = container(given, "migrate", list(migration.command))
    # The pod's own folder ends with it, so a copy of the database kept there would protect nobody.
    whole["env"] = [*whole["env"], {"name": "AZORA_BACKUP_BEFORE_UPGRADE", "value": "false"}]
    spec = {
        "backoffLimit": 3,
        "activeDeadlineSeconds": seconds(migration.timeout),
        "template": {
            "metadata": {
                "labels": {
                    "app.kubernetes.io/managed-by": given.labels["app.kubernetes.io/managed-by"]
                }
            },
            "spec": pod_spec(given, whole) | {"restartPolicy": "Never"},
        },
    }
    return given.child("batch/v1", "Job", spec, name=given.migration_name)
