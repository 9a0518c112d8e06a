"""The CronJobs of a plugin: each starts one job, which runs once for its due time whoever else starts it."""

from azora_operator.children.pods import container, pod_spec
from azora_operator.parts import Job
from azora_operator.rendering import Object, Rendering, digest

_LONGEST = 52
"""Characters of a CronJob's name, so that those of its Jobs fit."""
_LATE = 3600
"""Seconds after which a time that was missed is not made up for."""
_ENDLESS = 6 * 3600
"""Seconds after which a run is ended."""


def cron_jobs(given: Rendering, template: Object) -> list[Object]:
    """One for each job, of the revision that the pods with this template have."""
    return [_cron_job(given, job, template) for job in given.jobs]


def _cron_job(given: Rendering, job: Job, template: Object) -> Object:
    (pods,) = template["spec"]["containers"]
    whole = container(given, "job", ["azora", "job", job.operation])
    whole |= {"image": pods["image"], "envFrom": pods["envFrom"]}
    managed = "app.kubernetes.io/managed-by"
    labels = {managed: given.labels[managed]}
    run = {
        "backoffLimit": 0,
        "activeDeadlineSeconds": _ENDLESS,
        "template": {
            "metadata": {"labels": labels},
            "spec": pod_spec(given, whole) | {"restartPolicy": "Never"},
        },
    }
    spec = {
        "schedule": job.schedule,
        "timeZone": "Etc/UTC",
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": _LATE,
        "successfulJobsHistoryLimit": 1,
        "failedJobsHistoryLimit": 3,
        "jobTemplate": {"metadata": {"labels": labels}, "spec": run},
    }
    return given.child("batch/v1", "CronJob", spec, name=_name(given, job))


def _name(given: Rendering, job: Job) -> str:
    name = f"{given.name}-job-{job.operation.partition('.')[2].replace('_', '-')}"
    if len(name) <= _LONGEST:
        return name
    return f"{name[: _LONGEST - 11].rstrip('-')}-{digest(job.operation)}"
