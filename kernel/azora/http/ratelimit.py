"""How often one client may ask: a token bucket for each actor or address, told in RateLimit headers.

draft-ietf-httpapi-ratelimit-headers. The buckets are in this process; `Buckets` is the seam for a
store that several processes share.
"""

import math
import time
from typing import TYPE_CHECKING, Protocol

from azora.errors import LimitReached
from azora.http.exchange import Headers, HttpRequest

if TYPE_CHECKING:
    from azora.http.settings import HttpSettings

WINDOW = 60.0
_MOST = 50_000


class Buckets(Protocol):
    """Counts. Takes one token of `key` and returns how many are left: below 0 means refused."""

    def take(self, key: str, limit: int) -> float: ...


class MemoryBuckets:
    """Buckets of one process: each fills up again within the window."""

    def __init__(self) -> None:
        self._levels: dict[str, tuple[float, float]] = {}

    def take(self, key: str, limit: int) -> float:
        now = time.monotonic()
        level, since = self._levels.get(key, (float(limit), now))
        level = min(limit, level + (now - since) * limit / WINDOW) - 1
        if level < 0:
            return level
        if len(self._levels) >= _MOST:
            self._forget(now)
        self._levels[key] = (level, now)
        return level

    def _forget(self, now: float) -> None:
        """Drop buckets that are full again; if an attacker filled all of them, everything."""
        fresh = {key: entry for key, entry in self._levels.items() if now - entry[1] < WINDOW}
        self._levels = fresh if len(fresh) < _MOST else {}


class RateLimit:
    """The campus's limits, for visitors by address and for those signed in by actor."""

    def __init__(self, settings: "HttpSettings", buckets: Buckets | None = None) -> None:
        self._visitor = settings.rate_limit
        self._actor = settings.rate_limit_signed_in
        self._buckets = buckets or MemoryBuckets()

    def count(self, request: HttpRequest) -> Headers:
        """Count the request; the headers to send with its response.

        Raises LimitReached, with the seconds to wait, when the client has used up its share.
        """
        actor = request.context.actor
        limit, key = (self._actor, actor.id) if actor else (self._visitor, request.remote)
        if limit == 0:
            return []
        name = "actor" if actor else "visitor"
        left = self._buckets.take(key, limit)
        if left < 0:
            raise LimitReached(
                f"More than {limit} requests a minute. Wait a moment, then go on.",
                code="rate_limited",
                retry_after=math.ceil(-left * WINDOW / limit),
            )
        reset = math.ceil((limit - left) * WINDOW / limit)
        return [
            ("RateLimit-Policy", f'"{name}";q={limit};w={WINDOW:.0f}'),
            ("RateLimit", f'"{name}";r={left:.0f};t={reset}'),
        ]
