"""The part of the Kubernetes API that a node agent speaks: REST, and lists that follow the truth."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp

Object = dict[str, Any]
_MERGE = {"Content-Type": "application/merge-patch+json"}


class ApiError(Exception):
    """The API server refused, or is away: `status` is its HTTP status, or 503."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


class Api:
    """An API server, spoken to as whoever holds the token."""

    def __init__(self, url: str, token: str) -> None:
        self._session = aiohttp.ClientSession(
            url,
            headers={"Authorization": f"Bearer {token}"},
            connector=aiohttp.TCPConnector(ssl=False, limit=0),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=5),
        )

    async def close(self) -> None:
        await self._session.close()

    async def get(self, path: str) -> Object:
        return await self._ask("GET", path)

    async def post(self, path: str, body: Object) -> Object:
        return await self._ask("POST", path, json=body)

    async def patch(self, path: str, body: Object) -> Object:
        return await self._ask("PATCH", path, data=json.dumps(body), headers=_MERGE)

    async def delete(self, path: str, body: Object) -> Object:
        return await self._ask("DELETE", path, json=body)

    async def follow(self, path: str, fields: str = "") -> AsyncIterator[dict[str, Object]]:
        """All objects of a path by uid, now and after every change, for ever."""
        while True:
            try:
                async for objects in self._watched(path, fields):
                    yield objects
            except (ApiError, aiohttp.ClientError, TimeoutError, OSError):
                await asyncio.sleep(0.3)

    async def _watched(self, path: str, fields: str) -> AsyncIterator[dict[str, Object]]:
        """One list, and the watch that begins where it ends, for as long as that lasts."""
        asked = {"fieldSelector": fields} if fields else {}
        listed = await self._ask("GET", path, params=asked)
        objects = {item["metadata"]["uid"]: item for item in listed["items"]}
        yield objects
        asked |= {"watch": "1", "resourceVersion": listed["metadata"]["resourceVersion"]}
        async with self._session.get(path, params=asked) as stream:
            async for line in stream.content:
                event = json.loads(line)
                if event["type"] == "ERROR":
                    return
                changed = event["object"]
                objects.pop(changed["metadata"]["uid"], None)
                if event["type"] != "DELETED":
                    objects[changed["metadata"]["uid"]] = changed
                yield objects

    async def _ask(self, method: str, path: str, **given: Any) -> Object:
        try:
            async with self._session.request(method, path, **given) as answer:
                body = await answer.json()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ApiError(503, repr(error)) from None
        if answer.status >= 400:
            raise ApiError(answer.status, body.get("message", ""))
        return body
