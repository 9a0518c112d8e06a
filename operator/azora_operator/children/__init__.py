"""What a plugin consists of in Kubernetes: one child, one file, one pure function."""

from azora_operator.children.canary import canary
from azora_operator.children.config import config_map
from azora_operator.children.cronjobs import cron_jobs
from azora_operator.children.deployment import deployment, pod_template
from azora_operator.children.disruption import disruption_budget
from azora_operator.children.identity import service_account
from azora_operator.children.jobs import migration_job, purge_job
from azora_operator.children.monitor import service_monitor
from azora_operator.children.network import network_policy
from azora_operator.children.routes import route
from azora_operator.children.service import preview_service, service
from azora_operator.children.storage import volume_claim

__all__ = [
    "canary",
    "config_map",
    "cron_jobs",
    "deployment",
    "disruption_budget",
    "migration_job",
    "network_policy",
    "pod_template",
    "preview_service",
    "purge_job",
    "route",
    "service",
    "service_account",
    "service_monitor",
    "volume_claim",
]
