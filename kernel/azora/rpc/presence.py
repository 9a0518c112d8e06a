"""Who is there: every process says each second what it hosts; whoever is silent for five is gone."""

import time
from dataclasses import fields, replace

import amqp
import eventlet
import orjson

from azora.errors import Unavailable
from azora.nodes import Node, this_node
from azora.rpc.connection import BrokerConnection
from azora.rpc.frames import Delivery
from azora.rpc.properties import encode_properties

EXCHANGE = "azora.presence"
INTERVAL = 1.0
LIFETIME = 5.0
_FIELDS = {field.name for field in fields(Node)}
"""A newer process may say more."""


class Presence:
    """Announces this process and remembers the others."""

    def __init__(
        self,
        connection: BrokerConnection,
        plugins: dict[str, str],
        canary_share: float | None = None,
    ) -> None:
        self._connection = connection
        self._channel: amqp.Channel | None = None
        self._nodes: dict[str, Node] = {}
        self._canaries: dict[str, Node] = {}
        self._about = replace(this_node(plugins), canary_share=canary_share)
        self._stopping = False
        connection.add_step(self._declare)

    def nodes(self) -> list[Node]:
        """Every process heard of within `LIFETIME` seconds, this one among them."""
        oldest = time.time() - LIFETIME
        return sorted(
            (node for node in self._nodes.values() if node.seen > oldest),
            key=lambda node: node.name,
        )

    def canary_share(self, plugin: str) -> float:
        """The share of a plugin's calls that its canaries take: what the newest of them says."""
        if not self._canaries:
            return 0.0
        oldest = time.time() - LIFETIME
        there = [
            node
            for node in self._canaries.values()
            if node.seen > oldest and plugin in node.plugins and not node.troubles
        ]
        newest = max(there, key=lambda node: node.since, default=None)
        return newest.canary_share or 0.0 if newest else 0.0

    def start(self) -> None:
        self._greenlet = eventlet.spawn(self._announce)

    def stop(self) -> None:
        """Say good-bye, so that nobody waits for the silence."""
        self._stopping = True
        self._say(replace(self._about, plugins={}))

    def tell(self, troubles: dict[str, str], notices: dict[str, str]) -> None:
        """Say this of the process from now on."""
        self._about = replace(self._about, troubles=troubles, notices=notices)

    def _announce(self) -> None:
        while not self._stopping:
            self._say(self._about)
            eventlet.sleep(INTERVAL)

    def _say(self, about: Node) -> None:
        try:
            self._connection.publish(
                self._channel, EXCHANGE, "", encode_properties(), orjson.dumps(about)
            )
        except Unavailable:
            self._channel = None

    def _declare(self, connection: amqp.Connection) -> None:
        channel = self._channel = connection.channel()
        channel.exchange_declare(EXCHANGE, "fanout", durable=True, auto_delete=False)
        queue = channel.queue_declare("", exclusive=True, auto_delete=True).queue
        channel.queue_bind(queue, EXCHANGE)
        channel.basic_consume(queue, no_ack=True, callback=self._on_said)

    def _on_said(self, message: Delivery) -> None:
        try:
            said = orjson.loads(message.body)
            known = {name: said[name] for name in _FIELDS & said.keys()}
            about = Node(**{**known, "seen": time.time()})
        except (ValueError, TypeError, AttributeError):
            return  # somebody else's message
        for known in (self._nodes, self._canaries) if _is_canary(about) else (self._nodes,):
            if about.plugins:
                known[about.name] = about
            else:
                known.pop(about.name, None)


def _is_canary(about: Node) -> bool:
    """Whether it says that it is one, in words that can be read."""
    numbers = isinstance(about.canary_share, int | float) and isinstance(about.since, int | float)
    return numbers and isinstance(about.plugins, dict)
