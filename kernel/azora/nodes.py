"""The processes of a campus, and what each of them hosts."""

import os
import secrets
import socket
import time
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Node:
    """A process: its name, its plugins with their versions, since when it runs, when it was heard of.

    `troubles` keep its plugins from answering, by name; `notices` are what keepers should see to. A canary
    says which share of the calls it is to get.
    """

    name: str
    plugins: dict[str, str]
    since: float
    seen: float
    troubles: dict[str, str] = field(default_factory=dict)
    notices: dict[str, str] = field(default_factory=dict)
    canary_share: float | None = None

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def this_node(plugins: dict[str, str]) -> Node:
    """The process that asks; the name is unique, also among processes of one id in other pods."""
    name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(2)}"
    return Node(name, plugins, time.time(), time.time())
