"""RabbitMQ's management API, as far as the operator uses it: queues, what pods have in hand, bindings."""

import json
from collections import defaultdict
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import urllib3

from azora_operator.meter import Queues
from azora_operator.standstill import Hand
from azora_operator.topology import Binding

_TIMEOUT = urllib3.Timeout(connect=2.0, read=5.0)
_QUEUE = (
    "name,arguments,messages_ready,messages_unacknowledged,consumers,"
    "message_stats.publish,message_stats.ack"
)
_CONNECTION = "name,user_provided_name"
_CHANNEL = "connection_details.name,messages_unacknowledged,message_stats.ack"
_BINDING = "source,destination,destination_type,routing_key"
Queue = dict[str, Any]


class UnreachableError(Exception):
    """The broker cannot be asked; the text tells why."""


@dataclass(frozen=True)
class Management:
    """The management API at a URL with user and password, or beside a broker's own, for the virtual host of a broker's URL."""

    url: str
    broker: str

    def queues(self) -> list[Queue]:
        """Every queue of the virtual host. Raises UnreachableError."""
        return self._list(f"queues/{self._host}", _QUEUE)

    def hands(self) -> dict[str, Hand]:
        """What each pod has in hand, by its name, which its connection's name ends with. Raises UnreachableError."""
        connections = self._list(f"vhosts/{self._host}/connections", _CONNECTION)
        pods = {
            each["name"]: each.get("user_provided_name", "").rpartition("@")[2]
            for each in connections
        }
        found: dict[str, Hand] = defaultdict(Hand)
        for channel in self._list(f"vhosts/{self._host}/channels", _CHANNEL):
            if pod := pods.get(channel.get("connection_details", {}).get("name", "")):
                finished = channel.get("message_stats", {}).get("ack", 0)
                found[pod] += Hand(channel.get("messages_unacknowledged", 0), finished)
        return dict(found)

    def bindings(self) -> set[Binding]:
        """Which exchange gives which messages to which queue. Raises UnreachableError."""
        return {
            Binding(each["source"], each["destination"], each["routing_key"])
            for each in self._list(f"bindings/{self._host}", _BINDING)
            if each["destination_type"] == "queue"
        }

    def declare(self, queue: str, arguments: dict[str, Any]) -> None:
        """Make a durable queue. Raises UnreachableError."""
        path = f"queues/{self._host}/{quote(queue, safe='')}"
        self._ask("PUT", path, {"durable": True, "auto_delete": False, "arguments": arguments})

    def bind(self, binding: Binding) -> None:
        """Make a binding, and the topic exchange that it is from. Raises UnreachableError."""
        exchange, queue = (quote(name, safe="") for name in (binding.exchange, binding.queue))
        self._ask("PUT", f"exchanges/{self._host}/{exchange}", {"type": "topic", "durable": True})
        path = f"bindings/{self._host}/e/{exchange}/q/{queue}"
        self._ask("POST", path, {"routing_key": binding.key})

    def close(self, plugin: str) -> None:
        """Let nothing new reach the queues of an AzoraPlugin; what is in them stays.

        Raises UnreachableError, also where the user may not.
        """
        name = plugin.replace("-", "_")
        for each in self._list(f"bindings/{self._host}", f"{_BINDING},properties_key"):
            if each["source"] and is_queue_of(name, each["destination"]):
                ends = [each["source"], "q", each["destination"], each["properties_key"]]
                path = "/".join(quote(end, safe="") for end in ends)
                self._ask("DELETE", f"bindings/{self._host}/e/{path}")

    @property
    def _host(self) -> str:
        name = unquote(urlsplit(self.broker).path.removeprefix("/")) or "/"
        return quote(name, safe="")

    def _list(self, path: str, columns: str) -> list[Any]:
        said = self._ask("GET", f"{path}?columns={columns}")
        try:
            found = json.loads(said)
        except ValueError:
            found = None
        if not isinstance(found, list):
            name = urlsplit(self.url).hostname
            raise UnreachableError(f"{name} is no management API of RabbitMQ")
        return found

    def _ask(self, method: str, path: str, body: Any = None) -> bytes:
        at = urlsplit(self.url)
        if at.scheme == "amqp":
            at = urlsplit(f"http://{at.netloc.rpartition(':')[0] if at.port else at.netloc}")
        address = f"{at.scheme}://{at.hostname}:{at.port or 15672}{at.path.rstrip('/')}/api/{path}"
        given = f"{unquote(at.username or '')}:{unquote(at.password or '')}"
        try:
            answer = urllib3.request(
                method,
                address,
                json=body,
                headers=urllib3.make_headers(basic_auth=given),
                timeout=_TIMEOUT,
                retries=False,
            )
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise UnreachableError(f"{at.hostname} does not answer: {error}") from None
        if answer.status >= 300 and (method, answer.status) != ("DELETE", 404):
            host = unquote(self._host)
            raise UnreachableError(f"{at.hostname} answers {answer.status} for {host}")
        return answer.data


def queues_of(name: str, found: list[Queue]) -> Queues:
    """The queues of an AzoraPlugin together: that of its calls, and those of its events."""
    plugin = name.replace("-", "_")
    parts = [_one(queue) for queue in found if is_queue_of(plugin, queue["name"])]
    return Queues(*(sum(getattr(part, each.name) for part in parts) for each in fields(Queues)))


def is_queue_of(plugin: str, queue: str) -> bool:
    """Whether a queue holds calls or events of a plugin."""
    return queue == f"rpc-{plugin}" or f"--{plugin}." in queue


def _one(queue: Queue) -> Queues:
    counted = queue.get("message_stats", {})
    return Queues(
        waiting=queue.get("messages_ready", 0),
        in_hand=queue.get("messages_unacknowledged", 0),
        published=counted.get("publish", 0),
        acknowledged=counted.get("ack", 0),
        consumers=queue.get("consumers", 0),
    )
