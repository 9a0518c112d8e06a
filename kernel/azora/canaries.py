"""Which calls go to a canary: a new version of a plugin that is tried on a share of its calls.

A canary takes no events and starts no jobs. Callers learn of it, and of its share, as of every process.
"""

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from azora.runtime import Runtime

SUFFIX = ".canary"
"""Behind an operation's name in the address of a call, and behind the name of a queue."""


def address_of(runtime: "Runtime", target: str) -> str:
    """Where this call of `plugin.operation` goes: by chance to a canary, where there is one."""
    transport = runtime.transport
    share = transport.presence.canary_share(target.partition(".")[0]) if transport else 0.0
    return f"{target}{SUFFIX}" if share and random.random() < share else target
