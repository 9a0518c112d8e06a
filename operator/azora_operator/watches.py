"""How long ago each watch was last heard of: real traffic of the API server, not the good will of a loop.

The API server is asked to end every watch after some seconds, and it is opened again, so that a watch on which
nothing happens is heard of as often. One whose connection is dead is given up a little later.
"""

import time
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import aiohttp
import kopf

from azora_operator.kinds import Kind
from azora_operator.metrics import WATCH_AGE

SERVED = 25
"""Seconds that a watch lasts."""


class Watches:
    """The watches of an operator, from when it begins: each lasts `served` seconds.

    After `silent` seconds without news one is opened anew; after `dead` seconds that has not helped.
    """

    def __init__(self, served: int = SERVED, clock: Callable[[], float] = time.monotonic) -> None:
        self.served, self.silent, self.dead = served, 1.4 * served, 2.0 * served
        self._clock = clock
        self._heard: dict[str, float] = {}

    def begin(self, kinds: list[Kind]) -> None:
        """From now on the watches of these kinds are to be heard of."""
        for kind in kinds:
            self._heard[kind.plural] = self._clock()
            WATCH_AGE.labels(kind.plural).set_function(partial(self.age, kind.plural))

    def heard(self, plural: str) -> None:
        """The API server has answered for a kind, or told of an object of it."""
        if plural in self._heard:
            self._heard[plural] = self._clock()

    def age(self, plural: str) -> float:
        """Seconds since a watch was heard of."""
        return self._clock() - self._heard[plural]

    def trouble(self) -> str:
        """Of which watches nothing was heard for so long that opening them again does not help."""
        dead = sorted(plural for plural in self._heard if self.age(plural) > self.dead)
        return f"nothing was heard for {self.dead:.0f} s of: {', '.join(dead)}" if dead else ""

    async def login(self, **known: Any) -> kopf.AiohttpSession | None:
        """kopf's login by the official client, with a session that tells of every watch's answer."""
        found = kopf.login_via_client(**known)
        if found is None:
            return None
        tracing = aiohttp.TraceConfig()
        tracing.on_request_end.append(self._answered)
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ssl=found.as_ssl_context()),
            headers=found.as_http_headers(),
            proxy=found.proxy_url,
            trust_env=found.trust_env,
            trace_configs=[tracing],
        )
        return kopf.AiohttpSession(
            aiohttp_session=session, server=found.server, default_namespace=found.default_namespace
        )

    async def _answered(
        self,
        _session: aiohttp.ClientSession,
        _context: SimpleNamespace,
        told: aiohttp.TraceRequestEndParams,
    ) -> None:
        if told.response.status == 200 and told.url.query.get("watch") == "true":
            self.heard(told.url.path.rpartition("/")[2])
