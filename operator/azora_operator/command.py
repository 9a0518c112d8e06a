"""`azora-operator run` in a cluster, and `azora-operator crds`, which writes the CRDs."""

import argparse
import asyncio
import json
import logging
import sys
import time
from pathlib import Path

import kopf
from kubernetes import config
from kubernetes.client import ApiClient, Configuration

from azora_operator.api import Api
from azora_operator.crds import write
from azora_operator.kinds import EVERY, OPTIONAL
from azora_operator.leading import lead
from azora_operator.reconciler import Reconciler
from azora_operator.serving import serve
from azora_operator.watches import SERVED, Watches
from azora_operator.watching import keep_looking, list_everything, registry, settings

_STANDARD = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime"}


class JsonLines(logging.Formatter):
    """One JSON object a line, with the facts that were given as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        facts = {k: v for k, v in record.__dict__.items() if k not in _STANDARD}
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created))
        whole = {"time": moment, "level": record.levelname.lower(), "event": record.getMessage()}
        if record.exc_info:
            whole["error"] = self.formatException(record.exc_info)
        return json.dumps({**whole, **facts}, default=str)


async def run(configured: ApiClient, namespace: str | None, watches: Watches) -> None:
    """Keep the campuses of one namespace, or of all."""
    reconciler = Reconciler(Api(configured))
    await list_everything(reconciler, namespace)
    watches.begin([kind for kind in EVERY if kind not in OPTIONAL])
    async with asyncio.TaskGroup() as group:
        working = [
            group.create_task(reconciler.run()),
            group.create_task(keep_looking(reconciler, namespace)),
        ]
        await kopf.operator(
            registry=registry(reconciler, watches),
            settings=settings(watches),
            standalone=True,
            clusterwide=namespace is None,
            namespaces=[namespace] if namespace else [],
        )
        for task in working:
            task.cancel()


def client() -> ApiClient:
    """The official client, configured by the pod's ServiceAccount or by a kubeconfig.

    It tries nothing twice by itself: a resource that failed comes back into the queue.
    """
    try:
        config.load_incluster_config()
    except config.ConfigException:
        config.load_kube_config()
    configured = Configuration.get_default_copy()
    configured.retries = False
    Configuration.set_default(configured)
    return ApiClient()


def main() -> None:
    given = _parser().parse_args()
    if given.command == "crds":
        write(given.folder)
        return
    _log()
    configured, watches = client(), Watches(given.watch_seconds)
    serve(given.port, watches.trouble)
    where = given.lease_namespace or given.namespace or "azora-system"
    lead(where, lambda: asyncio.run(run(configured, given.namespace, watches)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="azora-operator", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    running = commands.add_parser("run", help="keep the campuses of a cluster")
    where = running.add_mutually_exclusive_group(required=True)
    where.add_argument("--namespace", help="of one namespace")
    where.add_argument("--all-namespaces", action="store_true")
    running.add_argument("--lease-namespace", help="where the replicas' Lease is")
    running.add_argument(
        "--watch-seconds", type=int, default=SERVED, help="after how long a watch is opened anew"
    )
    running.add_argument("--port", type=int, default=8080, help="of /healthz and /metrics")
    writing = commands.add_parser("crds", help="write the CRDs into a folder")
    writing.add_argument("folder", type=Path)
    return parser


def _log() -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for name in ("kopf", "leaderelection"):
        logging.getLogger(name).setLevel(logging.WARNING)


if __name__ == "__main__":
    main()
