"""A closer look at a broker, every few seconds: pods that stand still, queues and bindings that are gone.

Kubernetes knows nothing of either: such a pod answers its probes, and such a queue is nobody's.
"""

import asyncio
import logging
from collections import defaultdict

from azora_operator.api import Api
from azora_operator.cache import Cache, Concerned, Owner, key_of
from azora_operator.durations import span
from azora_operator.kinds import PLUGIN
from azora_operator.leaving import is_going
from azora_operator.management import Management, Queue, UnreachableError, is_queue_of
from azora_operator.news import Happening, News
from azora_operator.preview import is_previewed
from azora_operator.rendering import Object
from azora_operator.resources import PlatformSpec, PluginSpec
from azora_operator.standstill import Standstill
from azora_operator.topology import Binding, missing

_LOG = logging.getLogger("azora.operator")
PAUSE = 5.0
"""Seconds between two looks: as often as RabbitMQ renews its counters."""

Arguments = dict[str, object]


class CloserLook:
    """Remembers of each platform for how long its pods stand still, and which queues its plugins had."""

    def __init__(self, api: Api, cache: Cache) -> None:
        self._api, self._cache = api, cache
        self._at: dict[Owner, float] = {}
        self._standing: defaultdict[Owner, Standstill] = defaultdict(Standstill)
        self._queues: dict[Owner, dict[str, Arguments]] = {}

    async def look(
        self, platform: Object, management: Management, queues: list[Queue], now: float
    ) -> list[Concerned]:
        """Restore what is gone; the plugins of which a pod stands still. Raises UnreachableError."""
        owner = key_of(platform)
        if now - self._at.get(owner, 0.0) < PAUSE:
            return []
        self._at[owner] = now
        self._standing[owner].take(await asyncio.to_thread(management.hands), now)
        if not PlatformSpec.of(platform).paused:
            bindings = await asyncio.to_thread(management.bindings)
            for plugin in self._cache.plugins_of(owner):
                await self._restore(plugin, management, queues, bindings)
        return self._stuck(owner, now)

    def still(self, platform: Owner, now: float) -> dict[str, float]:
        """For how many seconds each pod that holds messages has finished none."""
        return self._standing[platform].all(now)

    def forget(self, platform: Owner, pod: str) -> None:
        """The pod is on its way out."""
        self._standing[platform].forget(pod)

    def forget_all_but(self, plugins: set[Owner]) -> None:
        """Forget the plugins that are gone."""
        for gone in self._queues.keys() - plugins:
            del self._queues[gone]

    def _stuck(self, platform: Owner, now: float) -> list[Concerned]:
        concerned = set()
        for pod, seconds in self.still(platform, now).items():
            owner = self._cache.plugin_of_pod((platform[0], pod))
            plugin = self._cache.plugin(owner) if owner else None
            if plugin and seconds >= span(_spec(plugin).healing.stuck_after):
                concerned.add((PLUGIN.name, key_of(plugin)))
        return sorted(concerned)

    async def _restore(
        self, plugin: Object, management: Management, queues: list[Queue], bindings: set[Binding]
    ) -> None:
        deployment = self._cache.deployment(plugin)
        spec = _spec(plugin)
        if deployment is None or spec.paused or is_previewed(plugin) or is_going(plugin):
            return
        owner, name = key_of(plugin), plugin["metadata"]["name"].replace("-", "_")
        there = {q["name"]: q["arguments"] for q in queues if is_queue_of(name, q["name"])}
        asleep = bool(spec.scaling and spec.scaling.to_zero) and not deployment["spec"]["replicas"]
        known = {f"rpc-{name}": {}, **self._queues.get(owner, {})}
        gone = missing(name, there, bindings, known, asleep=asleep)
        self._queues[owner] = known | there if asleep else there
        if not gone:
            return
        try:
            for queue, arguments in gone.queues.items():
                await asyncio.to_thread(management.declare, queue, arguments)
            for binding in gone.bindings:
                await asyncio.to_thread(management.bind, binding)
        except UnreachableError as error:
            _LOG.warning("%s cannot be declared again: %s", gone, error)
            return
        message = f"declared again at the broker: {gone}"
        news = News(Happening.TOPOLOGY_RESTORED, message, warning=True)
        await self._api.report(plugin, news)


def _spec(plugin: Object) -> PluginSpec:
    return PluginSpec.model_validate(plugin["spec"])
