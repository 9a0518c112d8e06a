"""One operator of several is at work: the one that holds the Lease. The others wait to take over.

Two at once for a moment do no harm, since both would write the same; so a process that has lost the
Lease, or cannot tell, simply ends, and starts again as one that waits.
"""

import logging
import os
import secrets
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from kubernetes.client import ApiClient, CoordinationV1Api
from kubernetes.client.exceptions import ApiException
from kubernetes.leaderelection.electionconfig import Config
from kubernetes.leaderelection.leaderelection import LeaderElection
from kubernetes.leaderelection.resourcelock.leaselock import LeaseLock
from urllib3.exceptions import HTTPError

from azora_operator.metrics import LEADING

LEASE = "azora-operator"
_DURATION, _DEADLINE, _RETRY = 8, 5, 1
"""Seconds: a Lease that was not renewed is free; the holder gives up; between two attempts."""
_PATIENCE = 2.0
"""Seconds for an answer about the Lease."""
_LOG = logging.getLogger("azora.operator")


class _Impatient(ApiClient):
    """The official client, which without this would wait for an answer for ever."""

    def call_api(self, *given: Any, **more: Any) -> Any:
        more["_request_timeout"] = (_PATIENCE, _PATIENCE)
        return super().call_api(*given, **more)


class _Lock(LeaseLock):
    """The official lock, for which an API server that cannot be reached is no reason to end."""

    def __init__(self, name: str, namespace: str, identity: str) -> None:
        super().__init__(name, namespace, identity)
        self.api_instance = CoordinationV1Api(_Impatient())

    def get(self, name: str, namespace: str) -> tuple[bool, Any]:
        try:
            found: tuple[bool, Any] = super().get(name, namespace)
            return found
        except HTTPError as error:
            return False, ApiException(status=503, reason=str(error))

    def update(self, name: str, namespace: str, updated_record: Any) -> bool:
        try:
            return bool(super().update(name, namespace, updated_record))
        except HTTPError:
            return False

    def release(self) -> None:
        """Let another take over at once."""
        try:
            lease = self.api_instance.read_namespaced_lease(self.name, self.namespace)
            if lease.spec and lease.spec.holder_identity == self.identity:
                body = {"spec": {"holderIdentity": None}}
                self.api_instance.patch_namespaced_lease(self.name, self.namespace, body)
        except (ApiException, HTTPError) as error:
            _LOG.warning("the Lease was not released: %s", error)


def lead(namespace: str, work: Callable[[], None]) -> None:
    """Wait for the Lease of this namespace, then do the work until it ends or the Lease is lost."""
    identity = f"{socket.gethostname()}_{os.getpid()}_{secrets.token_hex(3)}"
    lock = _Lock(LEASE, namespace, identity)

    def leading() -> None:
        _LOG.info("leading", extra={"identity": identity})
        LEADING.set(1)
        threading.Thread(target=_watch, args=(election,), daemon=True).start()
        work()
        raise RuntimeError("the work has ended")

    def lost() -> None:
        _LOG.error("the Lease is lost: this process ends", extra={"identity": identity})

    election = LeaderElection(Config(lock, _DURATION, _DEADLINE, _RETRY, leading, lost))
    signal.signal(signal.SIGTERM, _exit)
    _LOG.info("waiting for the Lease", extra={"identity": identity})
    try:
        election.run()
    except (SystemExit, KeyboardInterrupt):
        lock.release()
        raise
    sys.exit(1)


def _watch(election: Any) -> None:
    """End the process when its Lease has run out, even while a request for it hangs."""
    while time.time() - election.observed_time_milliseconds / 1000 < _DURATION:
        time.sleep(0.5)
    os._exit(1)


def _exit(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)
