"""Asks the broker of every platform how full its queues are, and tells whose plan that may change."""

import asyncio
import logging
import time
from collections.abc import Callable

from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from azora_operator.api import Api
from azora_operator.cache import Cache, Concerned, Owner, key_of
from azora_operator.closer import CloserLook
from azora_operator.counting import Counting
from azora_operator.kinds import PLATFORM, PLUGIN
from azora_operator.loads import Loads
from azora_operator.management import Management, Queue, UnreachableError, queues_of
from azora_operator.parts import SecretKey
from azora_operator.rendering import Object
from azora_operator.resources import PlatformSpec, PluginSpec

_LOG = logging.getLogger("azora.operator")
_PAUSE = 2.0
"""Seconds between two looks."""


class Measuring:
    """`loads` are the plugins' loads; `troubles` says why the broker of a platform cannot be asked;
    `closer` knows what stands still, `counting` what canaries have counted."""

    def __init__(self, api: Api, cache: Cache) -> None:
        self._api, self._cache = api, cache
        self.loads = Loads()
        self.closer = CloserLook(api, cache)
        self.counting = Counting(cache)
        self.troubles: dict[Owner, str] = {}

    async def look(self) -> list[Concerned]:
        """Ask each broker and each canary once; the resources whose plan may be another now."""
        news = await asyncio.gather(*map(self._ask, self._cache.platforms()))
        for memory in (self.loads, self.closer):
            memory.forget_all_but(self._cache.keys(PLUGIN.name))
        return [each for some in news for each in some] + await self.counting.look()

    async def waiting(self, plugin: Object) -> tuple[int | None, str]:
        """How many messages a plugin has, None where nobody knows; and the trouble, if that is why."""
        try:
            management = await self._management_of(plugin)
            if management is None:
                return None, ""
            seen = queues_of(plugin["metadata"]["name"], await asyncio.to_thread(management.queues))
        except UnreachableError as error:
            return None, str(error)
        return seen.waiting + seen.in_hand, ""

    async def close(self, plugin: Object) -> None:
        """Let nothing new reach the queues of a plugin, where the broker lets us."""
        name = plugin["metadata"]["name"]
        try:
            if management := await self._management_of(plugin):
                await asyncio.to_thread(management.close, name)
        except UnreachableError as error:
            _LOG.warning("queues were not closed: %s", error, extra={"resource": name})

    async def _management_of(self, plugin: Object) -> Management | None:
        """The management API that tells of a plugin; none where its platform or a Secret is gone."""
        namespace = plugin["metadata"]["namespace"]
        platform = self._cache.platform((namespace, plugin["spec"]["platform"]))
        spec = PlatformSpec.of(platform) if platform else None
        if spec is None or spec.management is None:
            return None
        found = await self._addresses(namespace, spec.management, spec.broker)
        return None if None in found else Management(*map(str, found))

    async def _ask(self, platform: Object) -> list[Concerned]:
        spec = PlatformSpec.of(platform)
        if spec.management is None:
            return []
        owner, now = key_of(platform), time.time()
        before = self.troubles.get(owner)
        trouble: str | None
        moved: list[Concerned]
        try:
            asked = await self._management(owner[0], spec.broker, spec.management)
            queues = await asyncio.to_thread(asked.queues)
            stuck = await self.closer.look(platform, asked, queues, now)
        except UnreachableError as error:
            trouble, moved = str(error), []
            self.troubles[owner] = trouble
        else:
            trouble, moved = None, [*self._take(owner, queues, now), *stuck]
            self.troubles.pop(owner, None)
        if before == trouble:
            return moved
        facts = {"namespace": owner[0], "resource": owner[1]}
        _LOG.warning("the broker %s", trouble or "answers again", extra=facts)
        everyone = [(PLUGIN.name, key_of(each)) for each in self._cache.plugins_of(owner)]
        return [(PLATFORM.name, owner), *everyone]

    async def _management(
        self, namespace: str, broker: SecretKey | None, management: SecretKey
    ) -> Management:
        sources = management, broker
        addresses = await self._addresses(namespace, *sources)
        for source, address in zip(sources, addresses, strict=True):
            if source and address is None:
                raise UnreachableError(f"Secret {source.secret} has no key {source.key}")
        return Management(*map(str, addresses))

    async def _addresses(self, namespace: str, *sources: SecretKey | None) -> list[str | None]:
        return [await self._address(namespace, each) if each else None for each in sources]

    async def _address(self, namespace: str, source: SecretKey) -> str | None:
        return await self._api.secret_value(namespace, source.secret, source.key)

    def _take(self, platform: Owner, queues: list[Queue], now: float) -> list[Concerned]:
        """Take in the load of each plugin that is scaled; those whose number of pods may change."""
        moved: list[Concerned] = []
        for plugin in self._cache.plugins_of(platform):
            scaling = PluginSpec.model_validate(plugin["spec"]).scaling
            deployment = self._cache.deployment(plugin)
            if scaling is None or deployment is None:
                continue
            owner, current = key_of(plugin), deployment["spec"]["replicas"]
            before = self.loads.target(owner, now)
            self.loads.take(owner, queues_of(owner[1], queues), now, current, scaling)
            if before != self.loads.target(owner, now):
                moved.append((PLUGIN.name, owner))
        return moved


async def keep_measuring(measuring: Measuring, tell: Callable[[Concerned], None]) -> None:
    """Look again and again, and tell of every resource that is concerned."""
    while True:
        try:
            for concerned in await measuring.look():
                tell(concerned)
        except (ApiException, HTTPError, OSError) as error:
            _LOG.warning("measuring failed: %s", error)
        await asyncio.sleep(_PAUSE)
