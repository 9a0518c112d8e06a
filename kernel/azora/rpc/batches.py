"""Gives a handler that takes batches what its queue holds: on a channel of its own, acknowledged in one go."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import amqp
import eventlet

from azora.contract import Handler
from azora.errors import Invalid
from azora.events.envelope import Envelope
from azora.rpc.frames import Delivery
from azora.rpc.messages import envelope_of

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

Settle = Callable[[Callable[[], object], Sequence[Envelope]], bool | None]
"""Does what delivers events until they are settled: True; False where nothing takes them, None at a stop."""


class BatchReader:
    """The queue of one handler on one connection. What arrives while a batch is settled is the next one."""

    def __init__(
        self, hosted: "HostedPlugin", handler: Handler, channel: amqp.Channel, settle: Settle
    ) -> None:
        self._hosted = hosted
        self._handler = handler
        self._settle = settle
        self._arrived: deque[Delivery] = deque()
        self._busy = False
        channel.basic_qos(0, 2 * handler.batch, a_global=False)

    def take(self, message: Delivery) -> None:
        """Hear of a message; the first of a burst waits for those that came with it."""
        self._arrived.append(message)
        if not self._busy:
            self._busy = True
            eventlet.spawn_n(self._settle_all)

    def _settle_all(self) -> None:
        try:
            eventlet.sleep(0)
            while self._arrived:
                count = min(len(self._arrived), self._handler.batch)
                if not self._settle_batch([self._arrived.popleft() for _ in range(count)]):
                    return
        except ConnectionError:
            self._hosted.log.info("events_come_again", handler=self._handler.name)
        finally:
            self._busy = False

    def _settle_batch(self, messages: Sequence[Delivery]) -> bool:
        """Settle them together, and where nothing takes them so, one by one; whether to go on."""
        readable = [(one, event) for one in messages if (event := self._read(one))]
        if not readable:
            return True
        settled = self._deliver(readable)
        if settled:
            readable[-1][0].acknowledge(multiple=True)
            return True
        for pair in readable if settled is False else ():
            alone = self._deliver([pair])
            if alone is None:
                return False
            if alone:
                pair[0].acknowledge()
            else:
                pair[0].reject(requeue=False)
        return settled is False

    def _deliver(self, pairs: Sequence[tuple[Delivery, Envelope]]) -> bool | None:
        envelopes = [event for _, event in pairs]
        again = {event.id for one, event in pairs if one.redelivered}
        deliver = self._hosted.consumer.deliver_batch
        return self._settle(lambda: deliver(self._handler, envelopes, again), envelopes)

    def _read(self, message: Delivery) -> Envelope | None:
        """The event of a message; one that is none goes to the dead letters."""
        try:
            return envelope_of(self._handler.event, message)
        except Invalid:
            self._hosted.log.exception("event_unreadable", queue=self._handler.event)
            message.reject(requeue=False)
            return None
