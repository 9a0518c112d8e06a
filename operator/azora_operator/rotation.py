"""The hashes of Secrets. They are not watched, which would take the right to read all: each that is in
use is read again from time to time, once for all who use it.
"""

from azora_operator.api import Api
from azora_operator.cache import Concerned

Key = tuple[str, str]
"""Namespace and name of a Secret."""


class Rotation:
    """Knows who uses which Secret, and who is concerned when one has changed."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._hashes: dict[Key, str] = {}
        self._used: dict[Concerned, set[Key]] = {}

    async def hashes(self, user: Concerned, names: set[str]) -> dict[str, str]:
        """The hashes of the Secrets that somebody uses; those that are not there are left out."""
        namespace = user[1][0]
        self._used[user] = {(namespace, name) for name in names}
        for key in self._used[user] - self._hashes.keys():
            await self._read(key)
        return {name: self._hashes[namespace, name] for name in names if self._has(namespace, name)}

    def forget(self, user: Concerned) -> None:
        """Somebody is gone."""
        self._used.pop(user, None)

    async def look(self) -> list[Concerned]:
        """Read every Secret in use again; who uses one that is another now."""
        keys = set().union(*self._used.values())
        for key in self._hashes.keys() - keys:
            del self._hashes[key]
        changed = {key for key in keys if await self._read(key)}
        return [user for user, used in self._used.items() if used & changed]

    async def _read(self, key: Key) -> bool:
        """Read one; whether it is another than before."""
        before, now = self._hashes.get(key), await self._api.secret_hash(*key)
        if now is None:
            self._hashes.pop(key, None)
        else:
            self._hashes[key] = now
        return before != now

    def _has(self, namespace: str, name: str) -> bool:
        return (namespace, name) in self._hashes
