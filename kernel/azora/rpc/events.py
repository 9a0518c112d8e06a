"""Events over RabbitMQ: confirmed publishing to `<plugin>.events`, and a quorum queue for each handler.

Exchanges, routing keys and bodies are stock Nameko's; the queues' arguments cannot be changed
later, so they are quorum queues with a dead-letter exchange from the first day.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import amqp
import eventlet
from eventlet.event import Event

from azora.contract import Handler
from azora.errors import Invalid, ServiceError, Unavailable
from azora.events.envelope import Envelope
from azora.rpc.acknowledging import Acknowledging
from azora.rpc.batches import BatchReader
from azora.rpc.connection import BrokerConnection, declare_exchange
from azora.rpc.frames import Delivery
from azora.rpc.messages import envelope_of
from azora.rpc.properties import encode_properties
from azora.rpc.queues import queue_of
from azora.rpc.streams import DeclaredLog

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

DEAD_LETTERS = "azora.dead"
CONFIRM_TIMEOUT = 30.0
PIECE = 100
"""Events that are written to the socket together."""
PREFETCH = 64
DELIVERY_LIMIT = 50
"""Deliveries (each a crash of a consumer) after which the broker sets an event aside."""
REFUSALS = 6
"""Times, over some seconds, that the database may refuse to hold an event before it is set aside."""


class BrokerCourier:
    """Publishes with pipelined confirms: `publish` returns once the broker has every event safe.

    A stream confirms in strides: the more is under way, the less each event waits.
    """

    at_once = 1000

    def __init__(
        self, connection: BrokerConnection, sources: list[str], logs: Sequence[DeclaredLog] = ()
    ) -> None:
        self._connection = connection
        self._sources = sources
        self._logs = logs
        self._channel: amqp.Channel | None = None
        self._next_tag = 1
        self._unconfirmed: dict[int, Event] = {}
        connection.add_step(self._declare)
        connection.on_lost.append(self._fail)

    def publish(self, envelopes: list[Envelope]) -> None:
        """Raises Unavailable when any may not be safe; publishing again is harmless."""
        self._wait(self._send_all(envelopes))

    def publish_into(self, queue: str, envelopes: list[Envelope]) -> None:
        """The same into one queue alone, past the exchanges."""
        self._wait(self._send_all(envelopes, queue))

    def _wait(self, waiting: list[Event]) -> None:
        timer = eventlet.Timeout(
            CONFIRM_TIMEOUT, Unavailable("the broker did not confirm in time", sent="unknown")
        )
        try:
            for confirmed in waiting:
                confirmed.wait()
        finally:
            timer.cancel()

    def _send_all(self, envelopes: list[Envelope], queue: str | None = None) -> list[Event]:
        """Write them in pieces, between which others have their turn."""
        waiting: list[Event] = []
        for first in range(0, len(envelopes), PIECE):
            self._connection.wait_for_room()
            waiting += [self._send(one, queue) for one in envelopes[first : first + PIECE]]
            eventlet.sleep(0)
        return waiting

    def _send(self, envelope: Envelope, queue: str | None) -> Event:
        properties = encode_properties(
            envelope.to_headers(), persistent=True, message_id=envelope.id
        )
        tag, confirmed = self._next_tag, Event()
        self._next_tag += 1
        self._unconfirmed[tag] = confirmed
        try:
            source, _, name = envelope.type.partition(".")
            place = ("", queue) if queue else (f"{source}.events", name)
            self._connection.publish(self._channel, *place, properties, envelope.data)
        except Exception:  # the broker counts what it was sent; so do we
            self._next_tag = tag
            del self._unconfirmed[tag]
            raise
        return confirmed

    def _declare(self, connection: amqp.Connection) -> None:
        channel = self._channel = connection.channel()
        self._next_tag = 1
        for source in self._sources:
            declare_exchange(channel, f"{source}.events")
        for log in self._logs:
            log.declare(connection, self._sources)
        channel.confirm_select()
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)

    def _on_ack(self, tag: int, multiple: bool) -> None:
        for confirmed in self._take(tag, multiple):
            confirmed.send(None)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        for confirmed in self._take(tag, multiple):
            confirmed.send_exception(
                Unavailable("the broker refused the event", code="broker_unavailable")
            )

    def _take(self, tag: int, multiple: bool) -> list[Event]:
        tags = takewhile(tag.__ge__, list(self._unconfirmed)) if multiple else [tag]
        return [self._unconfirmed.pop(known) for known in tags if known in self._unconfirmed]

    def _fail(self) -> None:
        waiting, self._unconfirmed = list(self._unconfirmed.values()), {}
        for confirmed in waiting:
            confirmed.send_exception(
                Unavailable("the broker was lost", code="broker_unavailable", sent="unknown")
            )


class EventSubscriber:
    """Gives each event of a plugin's queues to its consumer, and acknowledges once it is settled."""

    def __init__(self, hosted: "HostedPlugin", connection: BrokerConnection) -> None:
        self._hosted = hosted
        self._connection = connection
        self._consumers: list[tuple[amqp.Channel, str]] = []
        self._stopping = False
        connection.add_step(self._declare)

    def stop(self) -> None:
        """Take no further event; those in hand are settled or come again."""
        self._stopping = True
        if self._connection.ready:
            for channel, tag in self._consumers:
                channel.basic_cancel(tag, nowait=True)

    def _declare(self, connection: amqp.Connection) -> None:
        self._consumers = []
        if self._stopping or not self._hosted.handlers:
            return
        channel = connection.channel()
        channel.exchange_declare(DEAD_LETTERS, "fanout", durable=True, auto_delete=False)
        channel.queue_declare(
            DEAD_LETTERS, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"}
        )
        channel.queue_bind(DEAD_LETTERS, DEAD_LETTERS)
        channel.basic_qos(0, PREFETCH, a_global=False)
        hand = Acknowledging()
        for handler in self._hosted.handlers:
            if handler.batch:
                own = connection.channel()
                reader = BatchReader(self._hosted, handler, own, self._until_settled)
                self._consume(own, handler, reader.take)
            else:
                self._consume(channel, handler, partial(self._on_event, handler, hand))

    def _consume(
        self, channel: amqp.Channel, handler: Handler, callback: Callable[[Delivery], None]
    ) -> None:
        source, _, name = handler.event.partition(".")
        queue = queue_of(self._hosted.name, handler)
        arguments: dict[str, Any] = {
            "x-queue-type": "quorum",
            "x-dead-letter-exchange": DEAD_LETTERS,
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-single-active-consumer": handler.ordered,
        }
        declare_exchange(channel, f"{source}.events")
        channel.queue_declare(queue, durable=True, auto_delete=False, arguments=arguments)
        channel.queue_bind(queue, f"{source}.events", name)
        self._consumers.append((channel, channel.basic_consume(queue, callback=callback)))

    def _on_event(self, handler: Handler, hand: Acknowledging, message: Delivery) -> None:
        hand.take(message)
        eventlet.spawn_n(self._deliver, handler, hand, message)

    def _deliver(self, handler: Handler, hand: Acknowledging, message: Delivery) -> None:
        """Settle the event. While the database cannot be reached it is held and tried again, never lost.

        One that the database does not take, whatever the reason, goes to the dead letters.
        """
        try:
            settled = self._settle(handler, message)
            if settled:
                hand.acknowledge(message)
            elif settled is False:
                hand.reject(message)
        except ConnectionError:
            self._hosted.log.info("event_comes_again", queue=handler.event)

    def _settle(self, handler: Handler, message: Delivery) -> bool | None:
        """As `_until_settled`; False also where it is no event."""
        try:
            envelope = envelope_of(handler.event, message)
        except Invalid:
            self._hosted.log.exception("event_unreadable", queue=handler.event)
            return False
        deliver = self._hosted.consumer.deliver
        return self._until_settled(
            lambda: deliver(handler, envelope, message.redelivered), [envelope]
        )

    def _until_settled(
        self, deliver: Callable[[], object], envelopes: Sequence[Envelope]
    ) -> bool | None:
        """True once they are settled, False where nothing can store them; None where we stop before either."""
        pause, refusals = 0.2, 0
        first = envelopes[0]
        about = {"event_type": first.type, "event_id": first.id, "events": len(envelopes)}
        while not self._stopping:
            try:
                deliver()
                return True
            except ServiceError as error:
                self._hosted.log.warning("event_not_settled", error=str(error), **about)
            except Exception as error:
                refusals += 1
                self._hosted.log.exception("event_not_settled", **about)
                if refusals >= REFUSALS:
                    self._hosted.log.error("event_set_aside", queue=DEAD_LETTERS, **about)
                    self._hosted.runtime.report(error)
                    return False
            eventlet.sleep(pause)
            pause = min(pause * 2, 10.0)
        return None
