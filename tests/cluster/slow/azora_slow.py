"""An outside plugin whose one operation takes its time, so that calls wait for a pod that is free."""

import time

from azora import Plugin, Reply, Request, Service, hookimpl, operation


class Take(Request):
    seconds: float


class Taken(Reply):
    seconds: float


class Slow(Service):
    @operation("GET /takings", public=True, idempotent=True)
    def take(self, request: Take) -> Taken:
        """Be at work for some seconds."""
        time.sleep(request.seconds)
        return Taken(seconds=request.seconds)


@hookimpl
def describe() -> Plugin:
    return Plugin(name="slow", summary="Takes its time", services=[Slow])
