"""Who calls, under which trace, until when: one value per worker, carried along in headers."""

import math
import re
import time
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from random import getrandbits
from typing import TYPE_CHECKING, Any

from azora.errors import NotAuthenticated

if TYPE_CHECKING:
    from azora.actor import Actor
    from azora.acts import Act
    from azora.observe.traces import LocalTrace
    from azora.runtime import Runtime

ACTOR, DEADLINE, CHAIN, KEY = (
    "azora-actor",
    "azora-deadline",
    "azora-chain",
    "azora-idempotency-key",
)
HIDDEN = 200
"""Personal values of which one piece of work remembers that no log may say them."""
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
CAUSE, ADDRESS, TRACEPARENT = "azora-cause", "azora-address", "traceparent"


class Context:
    """What a worker knows of its caller.

    `token` is the signed actor as it travels, `actor` the verified one; `deadline` is on this
    machine's monotonic clock, in seconds, and `timed` says that a timer of this greenlet watches it;
    `chain` names the plugins on the path of the call; `cause` is the id of the event that led here;
    `key` makes a repeated call one call; `claim` is the inbox row that the handler's transaction
    must take; `hidden` are personal values that no log may say; `act` is what goes on record; `address` and `agent` are the browser's or client's, as the
    HTTP edge saw them; `glance` says that nobody reads the answer: HEAD, or a fetch ahead; `on_delivery` follows once a file that the operation replied is sent from its
    beginning.
    """

    __slots__ = (
        "act",
        "actor",
        "address",
        "agent",
        "cause",
        "chain",
        "claim",
        "deadline",
        "glance",
        "hidden",
        "key",
        "locale",
        "on_delivery",
        "operation",
        "ordinal",
        "runtime",
        "sampled",
        "span_id",
        "spans",
        "timed",
        "token",
        "trace_id",
    )  # fmt: skip

    def __init__(self, runtime: "Runtime", parent: "Context | None" = None) -> None:
        self.runtime = runtime
        self.token: str | None = parent.token if parent else None
        self.actor: Actor | None = parent.actor if parent else None
        self.trace_id: str = parent.trace_id if parent else f"{getrandbits(128):032x}"
        self.span_id: str = parent.span_id if parent else ""
        self.sampled: bool = parent.sampled if parent else False
        self.deadline: float | None = parent.deadline if parent else None
        self.timed: bool = parent.timed if parent else False
        self.chain: tuple[str, ...] = parent.chain if parent else ()
        self.cause: str | None = parent.cause if parent else None
        self.key: str | None = None
        self.claim: Any = None
        self.act: Act | None = None
        self.operation: str | None = None
        self.locale: str | None = parent.locale if parent else None
        self.ordinal = 0
        self.hidden: deque[str] = parent.hidden if parent else deque(maxlen=HIDDEN)
        self.spans: LocalTrace | None = parent.spans if parent else None
        self.address: str | None = parent.address if parent else None
        self.agent: str | None = parent.agent if parent else None
        self.glance: bool = parent.glance if parent else False
        self.on_delivery: list[Callable[[], None]] = []

    def delivered(self) -> None:
        """Run what follows a delivery, as the operation that asked for it."""
        token = enter(self)
        try:
            for follow in self.on_delivery:
                follow()
        finally:
            leave(token)

    def headers(self) -> dict[str, str]:
        """The context as message headers; the deadline as seconds since 1970, for other machines."""
        headers = {
            TRACEPARENT: f"00-{self.trace_id}-{self.span_id or '0' * 16}-{int(self.sampled):02x}"
        }
        if self.token:
            headers[ACTOR] = self.token
        if self.deadline is not None:
            headers[DEADLINE] = f"{time.time() + self.deadline - time.monotonic():.3f}"
        if self.chain:
            headers[CHAIN] = ",".join(self.chain)
        if self.cause:
            headers[CAUSE] = self.cause
        if self.key:
            headers[KEY] = self.key
        if self.address:
            headers[ADDRESS] = self.address
        return headers

    @classmethod
    def from_headers(cls, runtime: "Runtime", headers: dict[str, str]) -> "Context":
        """The context that a message brought; headers that do not parse are as if absent."""
        context = cls(runtime)
        context.token = headers.get(ACTOR)
        context.cause = headers.get(CAUSE)
        context.key = headers.get(KEY)
        context.address = (headers.get(ADDRESS) or "")[:64] or None
        if chain := headers.get(CHAIN):
            context.chain = tuple(chain.split(","))
        if deadline := headers.get(DEADLINE):
            try:
                left = float(deadline) - time.time()
            except ValueError:
                left = math.inf
            if math.isfinite(left):
                context.deadline = time.monotonic() + left
        if trace := parse_traceparent(headers.get(TRACEPARENT)):
            context.trace_id, context.span_id, context.sampled = trace
        return context


def parse_traceparent(header: str | None) -> tuple[str, str, bool] | None:
    """(trace id, span id, sampled) of a W3C `traceparent`, or None where it is not one."""
    found = _TRACEPARENT.fullmatch(header or "")
    return (found[1], found[2], bool(int(found[3], 16) & 1)) if found else None


_current: ContextVar[Context] = ContextVar("azora")


def current() -> Context:
    """The context of this worker. Raises NotAuthenticated outside one."""
    try:
        return _current.get()
    except LookupError:
        raise NotAuthenticated("there is no call in progress here") from None


def current_or_none() -> Context | None:
    return _current.get(None)


enter, leave = _current.set, _current.reset
