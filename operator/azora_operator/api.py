"""The Kubernetes API as the operator uses it: reads, server-side apply, deletes. The only writer."""

import asyncio
import base64
import json
import time
from typing import Any

from kubernetes.client import ApiClient
from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import ReadTimeoutError

from azora_operator.drift import differs
from azora_operator.durations import stamp
from azora_operator.kinds import EVENT, SECRET, Kind, where
from azora_operator.metrics import REFUSALS, WRITES
from azora_operator.news import News, event_of
from azora_operator.rendering import FINALIZER, MANAGER, Object, digest

_TIMEOUT = (5.0, 10.0)
"""Seconds to connect, and to wait for an answer."""
INVALID = 422
ALREADY_THERE = 409


class ContestedError(Exception):
    """Somebody else changes what the operator writes, as it is written."""


class Api:
    """An API server, asked in threads; `writes` counts the requests that may change something.

    When one gets no answer in time, no other waits for one on a connection that is as old.
    """

    def __init__(self, client: ApiClient) -> None:
        self._client = client
        self.writes = 0

    async def items(self, kind: Kind, namespace: str | None, selector: str = "") -> list[Object]:
        """All objects of a kind, with their kind, which lists leave out."""
        listed = await self._ask("GET", kind.path(namespace), {"labelSelector": selector})
        named = {"apiVersion": kind.api_version, "kind": kind.name}
        return [named | item for item in listed["items"]]

    async def serves(self, kind: Kind) -> bool:
        """Whether this cluster knows a kind."""
        try:
            known = await self._ask("GET", f"/apis/{kind.api_version}")
        except ApiException as error:
            if error.status == 404:
                return False
            raise
        return any(each["name"] == kind.plural for each in known["resources"])

    async def read(self, child: Object) -> Object | None:
        """An object as it is now; None where it is not there."""
        try:
            found: Object = await self._ask("GET", where(child))
        except ApiException as error:
            if error.status == 404:
                return None
            raise
        return found

    async def secret_hash(self, namespace: str, name: str) -> str | None:
        """Differs when the Secret's data differ; None where it is not there."""
        data = await self._secret(namespace, name)
        if data is None:
            return None
        return digest({key: base64.b64decode(value).hex() for key, value in data.items()})

    async def secret_value(self, namespace: str, name: str, key: str) -> str | None:
        """What a Secret says under a key; None where it is not there."""
        data = await self._secret(namespace, name) or {}
        return base64.b64decode(data[key]).decode().strip() if key in data else None

    async def _secret(self, namespace: str, name: str) -> dict[str, str] | None:
        try:
            found = await self._ask("GET", SECRET.path(namespace, name))
        except ApiException as error:
            if error.status == 404:
                return None
            raise
        data: dict[str, str] = found.get("data") or {}
        return data

    async def apply(self, child: Object) -> Object:
        """Write a child as it is rendered, and own those fields whoever wrote them last.

        Server-side apply leaves what others have put into a list beside ours: then the lists are
        replaced. Raises ContestedError where somebody changes it on its way in.
        """
        try:
            written = await self._patch(child, "application/apply-patch+yaml", force="true")
        except ApiException as error:
            if error.status != INVALID:
                raise
            written = await self._patch(child, "application/merge-patch+json")
        if differs(child, written):
            written = await self._patch(child, "application/merge-patch+json")
        if differs(child, written):
            raise ContestedError(f"{where(child)} does not stay as it is written")
        return written

    async def _patch(self, child: Object, content_type: str, **query: str) -> Object:
        given = {"fieldManager": MANAGER, **query}
        return await self._ask("PATCH", where(child), given, child, content_type)

    async def delete(self, child: Object) -> None:
        """Delete this very child, not another that took its name."""
        precondition = {"uid": child["metadata"]["uid"]}
        body = {"propagationPolicy": "Background", "preconditions": precondition}
        try:
            await self._ask("DELETE", where(child), {}, body)
        except ApiException as error:
            if error.status not in (404, 409):
                raise

    async def hold(self, kind: Kind, resource: Object, *, held: bool) -> Object:
        """Let a resource wait for the operator when it is deleted, or wait no more.

        Raises ApiException (409) where somebody has changed it meanwhile.
        """
        meta = resource["metadata"]
        others = [each for each in meta.get("finalizers", ()) if each != FINALIZER]
        finalizers = [*others, *([FINALIZER] if held else [])]
        body = {"metadata": {"finalizers": finalizers, "resourceVersion": meta["resourceVersion"]}}
        path = kind.path(meta["namespace"], meta["name"])
        held_now: Object = await self._ask("PATCH", path, {}, body, "application/merge-patch+json")
        return held_now

    async def disown(self, child: Object) -> Object:
        """Let this very child stay when its owner goes."""
        body = {"metadata": {"uid": child["metadata"]["uid"], "ownerReferences": None}}
        alone: Object = await self._ask(
            "PATCH", where(child), {}, body, "application/merge-patch+json"
        )
        return alone

    async def tell(self, kind: Kind, resource: Object, status: Object) -> Object | None:
        """Write the status of a resource, if it says something else; the resource then."""
        if _same(resource.get("status", {}), status):
            return None
        meta = resource["metadata"]
        path = f"{kind.path(meta['namespace'], meta['name'])}/status"
        body = {"status": status}
        told: Object = await self._ask("PATCH", path, {}, body, "application/merge-patch+json")
        return told

    async def report(self, resource: Object, news: News) -> None:
        """Tell of something that has happened, as an Event that `kubectl describe` shows.

        The same once more counts on in the Event that is there.
        """
        event = event_of(resource, news, stamp(time.time()))
        namespace, name = (event["metadata"][key] for key in ("namespace", "name"))
        try:
            await self._ask("POST", EVENT.path(namespace), {}, event)
        except ApiException as error:
            if error.status != ALREADY_THERE:
                raise
            path = EVENT.path(namespace, name)
            again = {
                "count": (await self._ask("GET", path)).get("count", 1) + 1,
                "lastTimestamp": event["lastTimestamp"],
            }
            await self._ask("PATCH", path, {}, again, "application/merge-patch+json")

    async def _ask(
        self,
        method: str,
        path: str,
        query: dict[str, str] | None = None,
        body: Object | None = None,
        content_type: str = "application/json",
    ) -> Any:
        if method != "GET":
            self.writes += 1
            WRITES.labels(_resource(path), method).inc()
        return await asyncio.to_thread(self._send, method, path, query, body, content_type)

    def _send(
        self, method: str, path: str, query: Any, body: Object | None, content_type: str
    ) -> Any:
        given = [(name, value) for name, value in (query or {}).items() if value]
        headers = {"Accept": "application/json", "Content-Type": content_type}
        request = self._client.param_serialize(
            method, path, None, given, headers, body, auth_settings=["BearerToken"]
        )
        try:
            answer = self._client.call_api(*request, _request_timeout=_TIMEOUT)
        except ReadTimeoutError:
            self._client.rest_client.pool_manager.clear()
            raise
        said = answer.read()
        if answer.status >= 400:
            REFUSALS.labels(method, answer.status).inc()
            raise ApiException(status=answer.status, reason=_reason(said))
        return json.loads(said)


def _resource(path: str) -> str:
    """What kind of object a path of the API is about: azoraplugins/status."""
    return "/".join(path.partition("/namespaces/")[2].split("/")[1::2])


def _reason(said: bytes) -> str:
    """What the API server says is wrong."""
    try:
        return str(json.loads(said)["message"])
    except (ValueError, KeyError, TypeError):
        return said.decode(errors="replace")[:500]


def _same(before: Object, now: Object) -> bool:
    return all(before.get(name) == value for name, value in now.items())
