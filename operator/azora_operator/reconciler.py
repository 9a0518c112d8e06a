"""Level-triggered reconciliation: whatever was told, look at all there is, plan, and carry it out.

A resource that is concerned goes into a queue once; failures come back with growing pauses.
"""

import asyncio
import logging
import time
from collections.abc import Iterable
from dataclasses import replace

from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from azora_operator import metrics
from azora_operator.api import Api, ContestedError
from azora_operator.cache import Cache, Concerned, Owner, key_of, owners_of
from azora_operator.drift import differs
from azora_operator.kinds import OPTIONAL, PLATFORM, PLUGIN, PROVIDED, Kind
from azora_operator.leaving import is_going, leave
from azora_operator.measuring import Measuring, keep_measuring
from azora_operator.news import News, changes, refused
from azora_operator.plan import Plan, plan
from azora_operator.preview import is_previewed
from azora_operator.provision import provided
from azora_operator.rendering import Object, is_held, secrets_of, secrets_of_platform
from azora_operator.resources import PlatformSpec, PluginSpec
from azora_operator.rotation import Rotation
from azora_operator.status import platform_status

_LOG = logging.getLogger("azora.operator")
_WORKERS = 8
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 60.0
_LEAVING_PAUSE = 1.0
"""Seconds between two looks at a plugin that somebody has deleted."""
_LASTING = (400, 403, 413, 422)
"""Answers that the same request gets again, until somebody changes something."""


class Reconciler:
    """Fed by `tell`; at work while `run` runs."""

    def __init__(self, api: Api) -> None:
        self._api, self._cache = api, Cache()
        self._measuring = Measuring(api, self._cache)
        self._queue: asyncio.Queue[Concerned] = asyncio.Queue()
        self._waiting: set[Concerned] = set()
        self._busy: set[Concerned] = set()
        self._pauses: dict[Concerned, float] = {}
        self._leaving: set[Concerned] = set()
        self._served: set[str] = set()
        self._rotation = Rotation(api)
        self._unsettled: set[Concerned] = set()
        metrics.QUEUE.set_function(lambda: len(self._waiting))
        metrics.FAILING.set_function(lambda: len(self._pauses))

    def tell(self, kind: Kind, found: Object, *, gone: bool) -> None:
        """A watch has told of an object."""
        versions = self._cache.change(kind.name, found, gone=gone)
        for version in versions:
            self._concern(kind, version, versions[-1] if len(versions) > 1 else None)

    async def run(self) -> None:
        """Work on what is concerned, until it is cancelled."""
        for kind in OPTIONAL:
            await self._is_served(kind)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._say_when_settled())
            group.create_task(keep_measuring(self._measuring, self._enqueue))
            for _ in range(_WORKERS):
                group.create_task(self._work())

    async def _say_when_settled(self) -> None:
        """Tell when all that was there at the start has been looked at."""
        began = time.monotonic()
        await self._queue.join()
        took = round(time.monotonic() - began, 2)
        plugins = len(self._cache.keys(PLUGIN.name))
        facts = {"plugins": plugins, "seconds": took, "writes": self._api.writes}
        _LOG.info("settled", extra=facts)

    async def resync(self, kind: Kind, namespace: str | None, selector: str) -> int:
        """List a kind and take in what no watch has told; how much that was."""
        if kind in OPTIONAL and not await self._is_served(kind):
            return 0
        before = self._cache.keys(kind.name)
        missed = self._cache.replace(
            kind.name, await self._api.items(kind, namespace, selector), before
        )
        for each in missed:
            self._concern(kind, each)
        return len(missed)

    async def _is_served(self, kind: Kind) -> bool:
        """Whether the cluster knows a kind of others; where that is new, all plugins are concerned."""
        served = await self._api.serves(kind)
        if served != (kind.name in self._served):
            (self._served.add if served else self._served.discard)(kind.name)
            for owner in self._cache.keys(PLUGIN.name):
                self._enqueue((PLUGIN.name, owner))
        return served

    async def look_again(self) -> None:
        """Look at what no watch tells of: changed Secrets, and what passing time may change."""
        for concerned in {*await self._rotation.look(), *self._unsettled}:
            self._enqueue(concerned)

    def _concern(self, kind: Kind, found: Object, before: Object | None = None) -> None:
        for concerned in owners_of(kind, found):
            self._enqueue(concerned)
        if kind == PLATFORM and not _asks_the_same(found, before):
            for plugin in self._cache.plugins_of(key_of(found)):
                self._enqueue((PLUGIN.name, key_of(plugin)))

    def _enqueue(self, concerned: Concerned) -> None:
        if concerned not in self._waiting:
            self._waiting.add(concerned)
            self._queue.put_nowait(concerned)

    async def _work(self) -> None:
        while True:
            concerned = await self._queue.get()
            if concerned in self._busy:
                await asyncio.sleep(0.01)
                self._queue.put_nowait(concerned)
                self._queue.task_done()
                continue
            self._waiting.discard(concerned)
            self._busy.add(concerned)
            try:
                with metrics.counted(concerned[0]):
                    await self._reconcile(*concerned)
                self._pauses.pop(concerned, None)
            except (ApiException, ContestedError, HTTPError, OSError) as error:
                self._later(concerned, error)
                await self._complain(concerned, error)
            finally:
                self._busy.discard(concerned)
                self._queue.task_done()

    def _later(self, concerned: Concerned, error: Exception) -> None:
        pause = self._pauses.get(concerned, _FIRST_PAUSE)
        self._pauses[concerned] = min(pause * 2, _LONGEST_PAUSE)
        kind, (namespace, name) = concerned
        facts = {"kind": kind, "namespace": namespace, "resource": name, "again_in": pause}
        _LOG.warning("reconciling failed: %s", error, extra=facts)
        asyncio.get_running_loop().call_later(pause, self._enqueue, concerned)

    async def _reconcile(self, kind: str, owner: Owner) -> None:
        if kind == PLATFORM.name:
            await self._reconcile_platform(owner)
        elif (plugin := self._cache.plugin(owner)) and not is_going(plugin):
            await self._reconcile_plugin(plugin)
        elif plugin and is_held(plugin):
            await self._see_out(plugin)
        else:
            self._forget((kind, owner))

    async def _reconcile_plugin(self, plugin: Object) -> None:
        """Carry out the plan for one plugin. What it owns goes with it, by its owner references."""
        campus = _platform_of(plugin)
        platform = self._cache.platform(campus)
        names: set[str] = set()
        if platform is not None:
            specs = PluginSpec.model_validate(plugin["spec"]), _spec(platform)
            names = secrets_of(*specs)
        owner, now = key_of(plugin), time.time()
        me = PLUGIN.name, owner
        secrets = await self._rotation.hashes(me, names)
        trouble = self._measuring.troubles.get(campus, "")
        target = self._measuring.loads.target(owner, now)
        still = self._measuring.closer.still(campus, now)
        seen = self._cache.observed(plugin, secrets, target, trouble, still)
        tallies = self._measuring.counting.tallies(owner)
        todo = plan(plugin, replace(seen, served=frozenset(self._served), tallies=tallies))
        (self._unsettled.add if todo.unsettled else self._unsettled.discard)(me)
        if todo.hold != is_held(plugin):
            plugin = await self._api.hold(PLUGIN, plugin, held=todo.hold)
            self.tell(PLUGIN, plugin, gone=False)
        await self._carry_out(plugin, todo)
        if todo.write:
            self._enqueue(me)

    async def _carry_out(self, plugin: Object, todo: Plan) -> None:
        for child in todo.write:
            written = await self._api.apply(child)
            self._cache.change(child["kind"], written, gone=False)
            _LOG.info("applied", extra=_facts(child))
        for child in todo.delete:
            await self._api.delete(child)
            self._measuring.closer.forget(_platform_of(plugin), child["metadata"]["name"])
            _LOG.info("deleted", extra=_facts(child))
        await self._tell(PLUGIN, plugin, todo.status, todo.news)

    async def _see_out(self, plugin: Object) -> None:
        """The next step of a plugin that somebody has deleted."""
        waiting, trouble = await self._measuring.waiting(plugin)
        todo = leave(plugin, self._cache.observed(plugin, {}, None, trouble), waiting)
        if todo.close:
            await self._measuring.close(plugin)
        for child in todo.orphan:
            await self._api.disown(child)
        await self._carry_out(plugin, todo)
        for child in todo.delete:
            self._cache.change(child["kind"], child, gone=True)
        if todo.release:
            await self._api.hold(PLUGIN, plugin, held=False)
        else:
            self._look_soon((PLUGIN.name, key_of(plugin)))

    def _look_soon(self, concerned: Concerned) -> None:
        """Look again at what nobody tells of, once however many ask."""
        if concerned not in self._leaving:
            self._leaving.add(concerned)
            asyncio.get_running_loop().call_later(_LEAVING_PAUSE, self._look_now, concerned)

    def _look_now(self, concerned: Concerned) -> None:
        self._leaving.discard(concerned)
        self._enqueue(concerned)

    async def _reconcile_platform(self, owner: Owner) -> None:
        platform = self._cache.platform(owner)
        if platform is None:
            self._forget((PLATFORM.name, owner))
            return
        secrets = await self._rotation.hashes(
            (PLATFORM.name, owner), secrets_of_platform(_spec(platform))
        )
        plugins = self._cache.plugins_of(owner)
        held = any(map(is_held, plugins)) or (is_going(platform) and bool(plugins))
        if held != is_held(platform) and not (held and is_going(platform)):
            platform = await self._api.hold(PLATFORM, platform, held=held)
            self.tell(PLATFORM, platform, gone=False)
        if is_going(platform) and not held:
            return
        unknown = await self._provide(platform)
        trouble = self._measuring.troubles.get(owner, "")
        status = platform_status(platform, plugins, secrets, time.time(), trouble, unknown)
        await self._tell(PLATFORM, platform, status)

    async def _tell(
        self, kind: Kind, resource: Object, status: Object, news: Iterable[News] = ()
    ) -> None:
        """Write a status if it says something else, and Events of what a person wants to know."""
        if told := await self._api.tell(kind, resource, status):
            self.tell(kind, told, gone=False)
        for each in (*news, *changes(resource.get("status", {}), status)):
            await self._api.report(resource, each)

    async def _complain(self, concerned: Concerned, error: Exception) -> None:
        """Tell people of what will not pass by itself."""
        kind, owner = concerned
        if isinstance(error, ApiException) and error.status not in _LASTING:
            return
        known = self._cache.platform if kind == PLATFORM.name else self._cache.plugin
        if isinstance(error, ApiException | ContestedError) and (resource := known(owner)):
            try:
                await self._api.report(resource, refused(error))
            except (ApiException, HTTPError, OSError) as failure:
                _LOG.warning("an Event was not written: %s", failure)

    async def _provide(self, platform: Object) -> list[str]:
        """Ask other operators for what they are to make; the kinds that this cluster does not know."""
        unknown: list[str] = []
        if _spec(platform).paused or is_previewed(platform) or is_going(platform):
            return unknown
        for child in provided(platform):
            kind = PROVIDED[child["kind"]]
            if not await self._api.serves(kind):
                unknown.append(kind.name)
                self._look_soon((PLATFORM.name, key_of(platform)))
            elif differs(child, await self._api.read(child)):
                await self._api.apply(child)
                _LOG.info("applied", extra=_facts(child))
        return unknown

    def _forget(self, concerned: Concerned) -> None:
        self._rotation.forget(concerned)
        self._unsettled.discard(concerned)


def _platform_of(plugin: Object) -> Owner:
    return plugin["metadata"]["namespace"], plugin["spec"]["platform"]


def _spec(platform: Object) -> PlatformSpec:
    return PlatformSpec.of(platform)


def _asks_the_same(now: Object, before: Object | None) -> bool:
    """Whether two versions of a resource, if both are known, ask for the same."""
    return before is not None and all(
        now["metadata"].get(part) == before["metadata"].get(part)
        for part in ("generation", "annotations")
    )


def _facts(child: Object) -> dict[str, str]:
    meta = child["metadata"]
    return {"kind": child["kind"], "namespace": meta["namespace"], "resource": meta["name"]}
