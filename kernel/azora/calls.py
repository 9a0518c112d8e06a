"""The caller's side of a call: copy semantics, retry of what is idempotent, and a breaker per operation.

A call to a plugin of this process runs in the caller's greenlet; any other goes over the wire. The
caller cannot tell which, but for the time it takes.
"""

import random
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

import eventlet
import orjson
from pydantic import ValidationError

from azora.canaries import address_of
from azora.context import Context, current_or_none
from azora.contract import Operation
from azora.dispatch import BoundOperation, to_json
from azora.errors import Conflict, NotAllowed, ServiceError, Unavailable
from azora.messages import Message, Request
from azora.observe.traces import finish_span, start_span

if TYPE_CHECKING:
    from azora.runtime import Runtime

PAUSE = 0.05
"""Seconds before the second attempt; doubled and jittered from there."""


_NOT_THE_CALLEES_FAULT = ("breaker_open", "overloaded")


class NobodyServes(Unavailable):
    """No queue takes the call. One who is asked and cannot ask another answers with Unavailable itself."""


class Wire(Protocol):
    """How calls leave this process."""

    def call(self, target: str, body: bytes, headers: dict[str, str], timeout: float) -> bytes:
        """The JSON of the result of `plugin.operation`.

        Raises what the callee raised, NobodyServes, or another Unavailable.
        """


class Breaker:
    """Opens after so many failures in a row, and lets one call try again after a pause (seconds)."""

    __slots__ = ("failures", "opened", "pause", "threshold")

    def __init__(self, threshold: int, pause: float) -> None:
        self.failures = 0
        self.opened = 0.0
        self.threshold = threshold
        self.pause = pause

    def check(self, target: str) -> None:
        """Raise Unavailable while the breaker is open."""
        if not self.allows():
            raise Unavailable(
                f"{target} has failed {self.failures} times in a row", code="breaker_open"
            )

    def allows(self) -> bool:
        """Whether a call may try, which while it is open is one for each pause."""
        if self.failures < self.threshold:
            return True
        now = time.monotonic()
        if now - self.opened < self.pause:
            return False
        self.opened = now
        return True

    def record(self, failed: bool) -> None:
        self.failures = self.failures + 1 if failed else 0
        if self.failures == self.threshold:
            self.opened = time.monotonic()


class Caller:
    """Calls operations for everything in one process."""

    def __init__(self, runtime: "Runtime") -> None:
        self._runtime = runtime
        self._breakers: dict[str, Breaker] = {}
        self._declared: set[tuple[str, str]] = set()

    def call(
        self,
        target: str,
        request: Request | dict[str, Any],
        reply: type[Message] | None = None,
        timeout: float | None = None,
        context: Context | None = None,
        key: str | None = None,
    ) -> Any:
        """Call `plugin.operation` for whoever acts in `context` (or in the call in progress).

        The reply is an instance of `reply`, or of the operation's own model. Raises an AzoraError.
        Calls with one `key` take effect once.
        """
        parent = context or current_or_none()
        if parent and parent.chain:
            self._refuse_undeclared(target, parent.chain[-1])
            self._refuse_in_transaction(target, parent.chain[-1])
        bound = self._runtime.operations.get(target)
        known = bound.operation if bound else self._runtime.registry.operation(target)
        if not (known and known.idempotent) and _acts_for_batch(parent) and not key:
            raise Conflict(
                f"{target} is called for a batch of events, and could not be told apart from the same call for "
                "another batch. It is made for each event alone; let the handler take no batches.",
                code="call_in_batch",
            )
        address = target if bound else self._address(target)
        breaker = self._breakers.get(address) or self._new_breaker(address)
        attempts = self._runtime.settings.call_attempts if known and known.idempotent else 1
        pause = PAUSE
        while True:
            attempts -= 1
            child = Context(self._runtime, parent)
            child.key = key or _idempotency_key(parent, target)
            try:
                if address == target:
                    breaker.check(target)
                if bound:
                    result = self._call_here(bound, request, reply, timeout, child)
                else:
                    limit = timeout or self._timeout(known)
                    result = self._call_there(target, address, request, reply, limit, child)
            except ServiceError as error:
                breaker.record(error.code not in _NOT_THE_CALLEES_FAULT)
                if not attempts or not _time_left(child):
                    raise
                address = target
                breaker = self._breakers.get(address) or self._new_breaker(address)
                eventlet.sleep(pause * random.uniform(0.5, 1.5))
                pause *= 2
            except Exception:
                breaker.record(False)
                raise
            else:
                breaker.record(False)
                return result

    def _address(self, target: str) -> str:
        """Where a call goes first: to a canary by chance, unless that has failed again and again."""
        address = address_of(self._runtime, target)
        breaker = self._breakers.get(address)
        return address if breaker is None or address == target or breaker.allows() else target

    def _new_breaker(self, target: str) -> Breaker:
        settings = self._runtime.settings
        breaker = self._breakers[target] = Breaker(
            settings.breaker_failures, settings.breaker_pause
        )
        return breaker

    def _call_here(
        self,
        bound: BoundOperation,
        request: Request | dict[str, Any],
        reply: type[Message] | None,
        timeout: float | None,
        context: Context,
    ) -> Any:
        if isinstance(request, dict):
            request = bound.parse(request)
        else:
            request = bound.parse_json(to_json(request))
        if timeout is not None:
            limit = time.monotonic() + timeout
            if context.deadline is None or limit < context.deadline:
                context.deadline, context.timed = limit, False
        answer = bound.invoke(request, context)
        if answer is None:
            return None
        model = reply or bound.operation.reply
        return model.__pydantic_validator__.validate_json(to_json(answer)) if model else answer

    def _call_there(
        self,
        target: str,
        address: str,
        request: Request | dict[str, Any],
        reply: type[Message] | None,
        timeout: float,
        context: Context,
    ) -> Any:
        wire = self._runtime.wire
        if wire is None:
            raise Unavailable(f"nobody here offers {target}", code="not_offered")
        now = time.monotonic()
        limit = now + timeout
        context.deadline = limit if context.deadline is None else min(limit, context.deadline)
        kwargs = orjson.dumps(request) if isinstance(request, dict) else to_json(request)
        body = b'{"args":[],"kwargs":' + kwargs + b"}"
        known = self._runtime.registry.operation(target)
        model = reply or (known.reply if known else None)
        result = self._send(wire, target, address, body, context)
        if model is None or result == b"null":
            return orjson.loads(result)
        try:
            return model.__pydantic_validator__.validate_json(result)
        except ValidationError:
            raise ServiceError(
                f"{target} answered what is no {model.__name__}", code="reply_unreadable"
            ) from None

    def _send(self, wire: Wire, target: str, address: str, body: bytes, context: Context) -> bytes:
        """Send a call and wait for its reply, in a span of its own. Others serve it where no canary does."""
        span = start_span(context, target, "client")
        failure: BaseException | None = None
        try:
            if address != target:
                with suppress(NobodyServes):
                    return wire.call(address, body, context.headers(), _seconds_left(context))
            return wire.call(target, body, context.headers(), _seconds_left(context))
        except BaseException as error:
            failure = error
            raise
        finally:
            finish_span(context, span, failure)

    def _timeout(self, known: Operation | None) -> float:
        return known.timeout if known else self._runtime.settings.call_timeout

    def _refuse_undeclared(self, target: str, plugin: str) -> None:
        if (plugin, target) in self._declared:
            return
        loaded = self._runtime.registry.plugins.get(plugin)
        if loaded and not loaded.may_call(target):
            raise NotAllowed(
                f"{plugin} does not declare that it calls {target}: add it to a class marked @needs",
                code="call_not_declared",
            )
        self._declared.add((plugin, target))

    def _refuse_in_transaction(self, target: str, plugin: str) -> None:
        hosted = self._runtime.hosted.get(plugin)
        if hosted and hosted.database.in_transaction:
            raise Conflict(
                f"{plugin} calls {target} inside a transaction; a transaction never spans a call",
                code="call_in_transaction",
            )


def _idempotency_key(parent: Context | None, target: str) -> str | None:
    """What makes the same call of a retried handler one call: event, subscription, operation, ordinal.

    A call that a keyed call makes in turn is keyed by that.
    """
    if parent is None or parent.claim is None:
        return None
    if _acts_for_batch(parent):
        return None
    parent.ordinal += 1
    return f"{parent.key or f'{parent.cause}:{parent.operation}'}>{target}:{parent.ordinal}"


def _acts_for_batch(parent: Context | None) -> bool:
    return bool(parent and parent.claim and not parent.key and not parent.cause)


def _seconds_left(context: Context) -> float:
    assert context.deadline is not None
    return context.deadline - time.monotonic()


def _time_left(context: Context) -> bool:
    return context.deadline is None or context.deadline - time.monotonic() > PAUSE
