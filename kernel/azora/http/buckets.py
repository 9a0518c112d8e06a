"""Where the tokens of a rate limit are counted: in this process, or in Redis for all processes."""

import logging
import time
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from azora.settings import CampusSettings

logger = logging.getLogger("azora.http.ratelimit")

_MOST = 50_000
_REACH = 0.5
"""Seconds within which Redis answers, or counts as away."""

_PAUSE = 5.0
"""Seconds for which Redis is left alone after it did not answer."""

_TAKE = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local kept = redis.call('HMGET', KEYS[1], 'level', 'since')
local level, since = tonumber(kept[1] or limit), tonumber(kept[2] or now)
level = math.min(limit, level + math.max(0, now - since) * limit / window) - 1
if level >= 0 then
  redis.call('HSET', KEYS[1], 'level', string.format('%.6f', level), 'since', string.format('%.6f', now))
  redis.call('PEXPIRE', KEYS[1], math.ceil(window * 1000))
end
return string.format('%.6f', level)
"""


class Buckets(Protocol):
    """Counts. Takes one token of `key` and returns how many are left: below 0 means refused."""

    def take(self, key: str, limit: int, seconds: float) -> float: ...


class MemoryBuckets:
    """Buckets of one process: each fills up again within its window."""

    def __init__(self) -> None:
        self._levels: dict[str, tuple[float, float, float]] = {}

    def take(self, key: str, limit: int, seconds: float) -> float:
        now = time.monotonic()
        level, since, _ = self._levels.get(key, (float(limit), now, seconds))
        level = min(limit, level + (now - since) * limit / seconds) - 1
        if level < 0:
            return level
        if len(self._levels) >= _MOST:
            self._forget(now)
        self._levels[key] = (level, now, seconds)
        return level

    def _forget(self, now: float) -> None:
        """Drop buckets that are full again; if an attacker filled all of them, everything."""
        fresh = {key: entry for key, entry in self._levels.items() if now - entry[1] < entry[2]}
        self._levels = fresh if len(fresh) < _MOST else {}


class RedisBuckets:
    """Buckets that all processes share, exact: Redis counts each token by its own clock.

    While Redis is away each process counts for itself, so that the campus neither stops nor stands open.
    """

    def __init__(self, url: str) -> None:
        import redis

        self._client = redis.Redis.from_url(
            url, socket_timeout=_REACH, socket_connect_timeout=_REACH
        )
        self._take: Any = self._client.register_script(_TAKE)
        self._away: type[Exception] = redis.RedisError
        self._own = MemoryBuckets()
        self._again = 0.0

    def take(self, key: str, limit: int, seconds: float) -> float:
        if time.monotonic() >= self._again:
            try:
                return float(self._take(keys=[f"azora:rate:{key}"], args=[limit, seconds]))
            except self._away as error:
                self._again = time.monotonic() + _PAUSE
                logger.warning("redis is away, requests are counted here: %s", error)
        return self._own.take(key, limit, seconds)


def open_buckets(campus: "CampusSettings") -> Buckets:
    """Redis where the campus has one, else this process."""
    return RedisBuckets(campus.redis_url) if campus.redis_url else MemoryBuckets()
