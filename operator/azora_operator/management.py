"""RabbitMQ's management API, as far as the operator reads it: how full the queues of a campus are."""

import json
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import urllib3

from azora_operator.meter import Queues

_TIMEOUT = urllib3.Timeout(connect=2.0, read=5.0)
_COLUMNS = (
    "name,messages_ready,messages_unacknowledged,consumers,message_stats.publish,message_stats.ack"
)
Queue = dict[str, Any]


class UnreachableError(Exception):
    """The broker cannot be asked; the text tells why."""


@dataclass(frozen=True)
class Management:
    """The management API at a URL with user and password, for the virtual host of a broker's URL."""

    url: str
    broker: str

    def queues(self) -> list[Queue]:
        """Every queue of the virtual host. Raises UnreachableError."""
        return self._listed(f"queues/{self._host}?columns={_COLUMNS}")

    def close(self, plugin: str) -> None:
        """Let nothing new reach the queues of an AzoraPlugin; what is in them stays.

        Raises UnreachableError, also where the user may not.
        """
        name = plugin.replace("-", "_")
        for each in self._listed(f"bindings/{self._host}"):
            if each["source"] and is_queue_of(name, each["destination"]):
                ends = [each["source"], "q", each["destination"], each["properties_key"]]
                path = "/".join(quote(end, safe="") for end in ends)
                self._ask("DELETE", f"bindings/{self._host}/e/{path}")

    @property
    def _host(self) -> str:
        return quote(unquote(urlsplit(self.broker).path.removeprefix("/")) or "/", safe="")

    def _listed(self, what: str) -> list[Queue]:
        try:
            found: list[Queue] = json.loads(self._ask("GET", what))
        except ValueError:
            at = urlsplit(self.url).hostname
            raise UnreachableError(f"{at} is no management API of RabbitMQ") from None
        return found

    def _ask(self, method: str, what: str) -> bytes:
        at = urlsplit(self.url)
        address = f"{at.scheme}://{at.hostname}:{at.port or 15672}{at.path.rstrip('/')}"
        given = f"{unquote(at.username or '')}:{unquote(at.password or '')}"
        headers = urllib3.make_headers(basic_auth=given)
        path = f"{address}/api/{what}"
        try:
            answer = urllib3.request(method, path, headers=headers, timeout=_TIMEOUT, retries=False)
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise UnreachableError(f"{at.hostname} does not answer: {error}") from None
        if answer.status not in ((200,) if method == "GET" else (204, 404)):
            raise UnreachableError(
                f"{at.hostname} answers {answer.status} for {unquote(self._host)}"
            )
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
