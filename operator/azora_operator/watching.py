"""The watches, by kopf: every event of a resource or a child goes to the reconciler, and nothing else.

kopf's own handlers of creation, change and deletion compare with annotations that they write; ours
look at what there is, so a missed or repeated event changes nothing.
"""

import asyncio
import logging
from typing import Any

import kopf
from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from azora_operator.kinds import CHILDREN, EVERY, Kind
from azora_operator.reconciler import Reconciler
from azora_operator.rendering import MANAGER, Object

_LOG = logging.getLogger("azora.operator")
_RESYNC, _LOOK = 45.0, 10.0
"""Seconds between two lists of every kind, and between two looks at the Secrets."""
_MANAGED = {"app.kubernetes.io/managed-by": MANAGER}


def registry(reconciler: Reconciler) -> kopf.OperatorRegistry:
    """The handlers of one operator."""
    handlers = kopf.OperatorRegistry()
    kopf.on.login(registry=handlers)(kopf.login_via_client)
    for kind in EVERY:
        _watch(handlers, kind, reconciler)
    return handlers


def settings() -> kopf.OperatorSettings:
    """kopf's settings, as measured: quick with a thousand resources, and no events of its own."""
    chosen = kopf.OperatorSettings()
    chosen.posting.enabled = False
    chosen.scanning.disabled = True
    chosen.watching.server_timeout = 300
    chosen.networking.request_timeout = 30
    chosen.queueing.worker_limit = 100
    chosen.queueing.idle_timeout = 0.2
    return chosen


async def keep_looking(reconciler: Reconciler, namespace: str | None) -> None:
    """List everything from time to time, for a watch may have fallen silent; look at the Secrets."""
    selector = ",".join(f"{name}={value}" for name, value in _MANAGED.items())
    clock = asyncio.get_running_loop().time
    listed = clock()
    while True:
        await asyncio.sleep(_LOOK)
        if clock() - listed >= _RESYNC:
            listed = clock()
            for kind in EVERY:
                await _list_again(reconciler, kind, namespace, selector)
        reconciler.look_again()


async def _list_again(
    reconciler: Reconciler, kind: Kind, namespace: str | None, selector: str
) -> None:
    wanted = selector if kind.name in CHILDREN else ""
    try:
        missed = await reconciler.resync(kind, namespace, wanted)
    except (ApiException, HTTPError, OSError) as error:
        _LOG.warning("listing failed: %s", error, extra={"kind": kind.name})
        return
    if missed:
        facts = {"kind": kind.name, "missed": missed}
        _LOG.warning("a watch had not told of everything", extra=facts)


def _watch(handlers: kopf.OperatorRegistry, kind: Kind, reconciler: Reconciler) -> None:
    group, _, version = kind.api_version.rpartition("/")

    async def told(event: Any, **_: Any) -> None:
        found: Object = dict(event["object"])
        reconciler.tell(kind, found, gone=event["type"] == "DELETED")

    kopf.on.event(group, version, kind.plural, registry=handlers)(told)
