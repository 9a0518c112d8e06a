"""Serves a plugin's operations on trial: calls come by a key and a queue of their own, and none is lost.

A call that waits here for too long, because the process has gone or is too slow, is handed by the broker to
the queue of the plugin's other processes.
"""

import amqp

from azora.canaries import SUFFIX
from azora.rpc.connection import declare_exchange
from azora.rpc.server import RpcServer

FALLBACK = "azora.stable"
"""The exchange that leads a canary's calls to the stable processes."""

PATIENCE = 1_000
"""Milliseconds for which a call waits for a canary."""

EXPIRES = 60_000
"""Milliseconds for which the queue outlives its last canary."""


class CanaryServer(RpcServer):
    """Takes the calls that their callers have sent to a canary: `<plugin>.<operation>.canary`."""

    suffix = SUFFIX

    def _declare_queue(self, channel: amqp.Channel) -> None:
        stable = self._queue.removesuffix(SUFFIX)
        channel.queue_declare(stable, durable=True, auto_delete=False)
        declare_exchange(channel, FALLBACK)
        channel.queue_bind(stable, FALLBACK, self._key)
        back = {"x-message-ttl": PATIENCE, "x-dead-letter-exchange": FALLBACK}
        arguments = {**back, "x-expires": EXPIRES}
        channel.queue_declare(self._queue, durable=True, auto_delete=False, arguments=arguments)
