"""How often one client may ask: a token bucket for each actor or address, told in RateLimit headers.

draft-ietf-httpapi-ratelimit-headers. The campus's own limits hold for all requests together; an
operation may declare a further rate beside its route.
"""

import math
from typing import TYPE_CHECKING

from azora.errors import LimitReached
from azora.http.buckets import Buckets, MemoryBuckets
from azora.http.exchange import Headers, HttpRequest
from azora.rates import Rate

if TYPE_CHECKING:
    from azora.context import Context
    from azora.http.settings import HttpSettings

WINDOW = 60


class RateLimited(LimitReached):
    """A client's share is used up; `headers` say how much that was, and when there is more."""

    def __init__(self, detail: str, retry_after: float, headers: Headers) -> None:
        super().__init__(detail, code="rate_limited", retry_after=retry_after)
        self.headers = headers


class RateLimit:
    """The limits for visitors by address, and for those signed in by actor. A limit of 0 counts nothing."""

    def __init__(self, settings: "HttpSettings", buckets: Buckets | None = None) -> None:
        self._visitor = Rate(settings.rate_limit, WINDOW)
        self._actor = Rate(settings.rate_limit_signed_in, WINDOW)
        self._buckets = buckets or MemoryBuckets()

    def count(self, request: HttpRequest) -> Headers:
        """Count the request; the headers to send with its response.

        Raises RateLimited, with the seconds to wait, when the client has used up its share.
        """
        context = request.context
        rate = self._general(context)
        name = "actor" if context.actor else "visitor"
        return self._take(name, _client(context), rate) if rate.limit else []

    def count_call(self, operation: str, rate: Rate, context: "Context") -> Headers:
        """The same for one operation that declares a rate of its own."""
        if self._general(context).limit == 0:
            return []
        return self._take(operation, f"{operation} {_client(context)}", rate)

    def _general(self, context: "Context") -> Rate:
        return self._actor if context.actor else self._visitor

    def _take(self, name: str, key: str, rate: Rate) -> Headers:
        limit, seconds = rate.limit, rate.seconds
        left = self._buckets.take(key, limit, seconds)
        if left < 0:
            wait = math.ceil(-left * seconds / limit)
            words = f"More than {limit} requests in {seconds} seconds. Wait a moment, then go on."
            raise RateLimited(words, wait, _told(name, rate, 0, wait))
        return _told(name, rate, left, math.ceil((limit - left) * seconds / limit))


def _told(name: str, rate: Rate, left: float, reset: int) -> Headers:
    return [
        ("RateLimit-Policy", f'"{name}";q={rate.limit};w={rate.seconds}'),
        ("RateLimit", f'"{name}";r={round(left)};t={reset}'),
    ]


def _client(context: "Context") -> str:
    return context.actor.id if context.actor else context.address or ""
