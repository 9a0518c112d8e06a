"""What the watches have told: the newest version of every object, by kind, namespace and name.

Each kind is listed again from time to time, so that a watch that fell silent is found out.
"""

import time
from collections import defaultdict
from collections.abc import Iterable

from azora_operator.kinds import CHILDREN, PLATFORM, PLUGIN, POD, Kind
from azora_operator.observed import Observed
from azora_operator.rendering import PLUGIN_LABEL, Object
from azora_operator.status import is_ready

Owner = tuple[str, str]
"""Namespace and name of an AzoraPlugin or AzoraPlatform."""
Concerned = tuple[str, Owner]
"""The kind of a resource, and which it is."""


class Cache:
    """Every change tells which owners it concerns."""

    def __init__(self) -> None:
        self._objects: dict[str, dict[Owner, Object]] = defaultdict(dict)

    def change(self, kind: str, found: Object, *, gone: bool) -> list[Object]:
        """Take in what a watch or an own write told; the versions that it concerns, none if no news."""
        key, known = key_of(found), self._objects[kind]
        before = known.get(key)
        if gone:
            return [known.pop(key)] if before else []
        if before and _uid(before) == _uid(found) and _version(before) >= _version(found):
            return []
        if not before and not _is_ours(kind, found):
            return []
        known[key] = found
        return [found, before] if before else [found]

    def replace(self, kind: str, found: Iterable[Object], before: set[Owner]) -> list[Object]:
        """Take in a whole list, which was begun when `before` was known; what no watch had told."""
        listed = {key_of(each): each for each in found}
        missed = [v for each in listed.values() for v in self.change(kind, each, gone=False)]
        for key in before - listed.keys():
            if gone := self._objects[kind].pop(key, None):
                missed.append(gone)
        return missed

    def keys(self, kind: str) -> set[Owner]:
        return set(self._objects[kind])

    def plugin(self, owner: Owner) -> Object | None:
        return self._objects[PLUGIN.name].get(owner)

    def platform(self, owner: Owner) -> Object | None:
        return self._objects[PLATFORM.name].get(owner)

    def platforms(self) -> list[Object]:
        return list(self._objects[PLATFORM.name].values())

    def deployment(self, plugin: Object) -> Object | None:
        """A plugin's Deployment."""
        return self._objects["Deployment"].get(key_of(plugin))

    def plugin_of_pod(self, pod: Owner) -> Owner | None:
        """Whose pod it is, by its namespace and name."""
        found = self._objects[POD.name].get(pod)
        return (pod[0], _label(found)) if found else None

    def plugins_of(self, platform: Owner) -> list[Object]:
        """The plugins of a platform."""
        namespace, name = platform
        return [
            plugin
            for (where, _), plugin in self._objects[PLUGIN.name].items()
            if where == namespace and plugin["spec"]["platform"] == name
        ]

    def observed(
        self,
        plugin: Object,
        secrets: dict[str, str],
        target: int | None,
        broker_trouble: str,
        still: dict[str, float] | None = None,
    ) -> Observed:
        """What the plan for a plugin is made from."""
        namespace = plugin["metadata"]["namespace"]
        ready = {
            name
            for (where, name), other in self._objects[PLUGIN.name].items()
            if where == namespace and is_ready(other)
        }
        return Observed(
            platform=self.platform((namespace, plugin["spec"]["platform"])),
            children=self._children(plugin),
            secrets=secrets,
            ready=frozenset(ready & set(plugin["spec"].get("requires", ()))),
            pods=tuple(self._labelled(POD.name, plugin).values()),
            now=time.time(),
            target=target,
            broker_trouble=broker_trouble,
            still=still or {},
        )

    def _children(self, plugin: Object) -> dict[tuple[str, str], Object]:
        return {
            (kind, name): child
            for kind in CHILDREN
            for name, child in self._labelled(kind, plugin).items()
        }

    def _labelled(self, kind: str, plugin: Object) -> dict[str, Object]:
        """The objects of a kind that say that they are a plugin's, by name."""
        meta = plugin["metadata"]
        return {
            name: found
            for (where, name), found in self._objects[kind].items()
            if where == meta["namespace"] and _label(found) == meta["name"]
        }


def key_of(found: Object) -> Owner:
    """Namespace and name of an object."""
    return found["metadata"]["namespace"], found["metadata"]["name"]


def owners_of(kind: Kind, found: Object) -> list[Concerned]:
    """The resources (kind, owner) whose plan may change when this object does."""
    namespace, name = key_of(found)
    if kind == PLATFORM:
        return [(PLATFORM.name, (namespace, name))]
    if kind == PLUGIN:
        platform = (PLATFORM.name, (namespace, found["spec"]["platform"]))
        return [(PLUGIN.name, (namespace, name)), platform]
    owner = _label(found)
    return [(PLUGIN.name, (namespace, owner))] if owner else []


def _label(child: Object) -> str:
    return str(child["metadata"].get("labels", {}).get(PLUGIN_LABEL, ""))


def _is_ours(kind: str, found: Object) -> bool:
    """Whether it is worth remembering: of others' pods, Services and the like there are many."""
    return kind in (PLATFORM.name, PLUGIN.name) or bool(_label(found))


def _uid(found: Object) -> str:
    return str(found["metadata"]["uid"])


def _version(found: Object) -> int:
    return int(found["metadata"]["resourceVersion"])
