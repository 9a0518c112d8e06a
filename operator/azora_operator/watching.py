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

from azora_operator.kinds import EVERY, PLATFORM, PLUGIN, Kind
from azora_operator.metrics import MISSED
from azora_operator.reconciler import Reconciler
from azora_operator.rendering import MANAGER, Object
from azora_operator.watches import Watches

_LOG = logging.getLogger("azora.operator")
_RESYNC, _LOOK = 45.0, 10.0
"""Seconds between two lists of every kind, and between two looks at the Secrets."""
_MANAGED = {"app.kubernetes.io/managed-by": MANAGER}


def registry(reconciler: Reconciler, watches: Watches) -> kopf.OperatorRegistry:
    """The handlers of one operator."""
    handlers = kopf.OperatorRegistry()
    kopf.on.login(registry=handlers)(watches.login)
    for kind in EVERY:
        _watch(handlers, kind, reconciler, watches)
    return handlers


def settings(watches: Watches) -> kopf.OperatorSettings:
    """kopf's settings, as measured: quick with a thousand resources, and no events of its own."""
    chosen = kopf.OperatorSettings()
    chosen.posting.enabled = False
    chosen.scanning.disabled = True
    chosen.watching.server_timeout = watches.served
    chosen.watching.inactivity_timeout = watches.silent
    chosen.networking.request_timeout = 30
    chosen.queueing.worker_limit = 100
    chosen.queueing.idle_timeout = 0.2
    return chosen


async def list_everything(reconciler: Reconciler, namespace: str | None) -> None:
    """Know all there is before anything is judged: what is not listed yet is not missing."""
    for kind in EVERY:
        while await _list(reconciler, kind, namespace) is None:
            await asyncio.sleep(1.0)


async def keep_looking(reconciler: Reconciler, namespace: str | None) -> None:
    """List everything from time to time, for a watch may have fallen silent; look at the Secrets."""
    clock = asyncio.get_running_loop().time
    listed = clock()
    while True:
        await asyncio.sleep(_LOOK)
        if clock() - listed >= _RESYNC:
            listed = clock()
            for kind in EVERY:
                if missed := await _list(reconciler, kind, namespace):
                    facts = {"kind": kind.name, "missed": missed}
                    MISSED.labels(kind.plural).inc(missed)
                    _LOG.warning("a watch had not told of everything", extra=facts)
        await _look_again(reconciler)


async def _look_again(reconciler: Reconciler) -> None:
    try:
        await reconciler.look_again()
    except (ApiException, HTTPError, OSError) as error:
        _LOG.warning("looking at Secrets failed: %s", error)


async def _list(reconciler: Reconciler, kind: Kind, namespace: str | None) -> int | None:
    """How much of a kind no watch had told of; None where it could not be listed."""
    selector = ",".join(f"{name}={value}" for name, value in _MANAGED.items())
    try:
        return await reconciler.resync(
            kind, namespace, "" if kind in (PLATFORM, PLUGIN) else selector
        )
    except (ApiException, HTTPError, OSError) as error:
        _LOG.warning("listing failed: %s", error, extra={"kind": kind.name})
        return None


def _watch(
    handlers: kopf.OperatorRegistry, kind: Kind, reconciler: Reconciler, watches: Watches
) -> None:
    group, _, version = kind.api_version.rpartition("/")

    async def told(event: Any, **_: Any) -> None:
        watches.heard(kind.plural)
        found: Object = dict(event["object"])
        reconciler.tell(kind, found, gone=event["type"] == "DELETED")

    kopf.on.event(group, version, kind.plural, registry=handlers)(told)
