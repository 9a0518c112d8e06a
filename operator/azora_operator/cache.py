"""What the watches have told: the newest version of every object, by kind, namespace and name.

Each kind is listed again from time to time, so that a watch that fell silent is found out.
"""

import time
from collections import defaultdict
from collections.abc import Iterable

from azora_operator.children.canary import is_canary
from azora_operator.kinds import CHILDREN, PLATFORM, PLUGIN, POD, Kind
from azora_operator.observed import Key, Observed
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
        self._labelled: dict[Owner, dict[Key, Object]] = defaultdict(dict)

    def change(self, kind: str, found: Object, *, gone: bool) -> list[Object]:
        """Take in what a watch or an own write told; the versions that it concerns, none if no news."""
        before = self._objects[kind].get(key_of(found))
        if gone:
            return [self._drop(kind, before)] if before else []
        if before and _uid(before) == _uid(found) and _version(before) >= _version(found):
            return []
        if not before and not _is_ours(kind, found):
            return []
        if before:
            self._drop(kind, before)
        self._put(kind, found)
        return [found, before] if before else [found]

    def replace(self, kind: str, found: Iterable[Object], before: set[Owner]) -> list[Object]:
        """Take in a whole list, which was begun when `before` was known; what no watch had told."""
        listed = {key_of(each): each for each in found}
        missed = [v for each in listed.values() for v in self.change(kind, each, gone=False)]
        for key in before - listed.keys():
            if gone := self._objects[kind].get(key):
                missed.append(self._drop(kind, gone))
        return missed

    def _put(self, kind: str, found: Object) -> None:
        found["metadata"].pop("managedFields", None)
        self._objects[kind][key_of(found)] = found
        if label := _label(found):
            name = found["metadata"]["name"]
            self._labelled[found["metadata"]["namespace"], label][kind, name] = found

    def _drop(self, kind: str, known: Object) -> Object:
        del self._objects[kind][key_of(known)]
        namespace, name = key_of(known)
        if label := _label(known):
            theirs = self._labelled[namespace, label]
            theirs.pop((kind, name), None)
            if not theirs:
                del self._labelled[namespace, label]
        return known

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

    def canary_pods(self) -> list[Object]:
        """The pods of all canaries."""
        return [pod for pod in self._objects[POD.name].values() if is_canary(pod)]

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
        namespace, name = key_of(plugin)
        theirs = self._labelled.get((namespace, name), {})
        required = {each: self.plugin((namespace, each)) for each in _requires(plugin)}
        return Observed(
            platform=self.platform((namespace, plugin["spec"]["platform"])),
            children={key: child for key, child in theirs.items() if key[0] in CHILDREN},
            secrets=secrets,
            ready=frozenset(each for each, other in required.items() if is_ready(other)),
            pods=tuple(found for key, found in theirs.items() if key[0] == POD.name),
            now=time.time(),
            target=target,
            broker_trouble=broker_trouble,
            still=still or {},
        )


def _requires(plugin: Object) -> list[str]:
    return list(plugin["spec"].get("requires", ()))


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
