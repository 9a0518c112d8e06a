"""The one path on which every operation and every handler runs, whatever surface it came from.

Actor, permission, deadline, slot, worker, and afterwards metrics, trace and a typed error.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from eventlet import Timeout
from eventlet.semaphore import Semaphore
from pydantic import ValidationError

from azora.context import Context, enter, leave
from azora.contract import Handler, Operation
from azora.errors import (
    AzoraError,
    DeadlineExceeded,
    FieldError,
    Invalid,
    NotAllowed,
    NotAuthenticated,
    ServiceError,
    Unavailable,
)
from azora.messages import Message, Request
from azora.once import once
from azora.traces import finish_span, start_span

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

QUEUE_FACTOR = 8
"""Callers that may wait for each slot before the next is turned away."""


class BoundOperation:
    """An operation of a plugin in this process, with what a call needs resolved once."""

    __slots__ = ("_from_json", "_from_python", "full", "hosted", "operation", "slots", "waiting")

    def __init__(self, operation: Operation, hosted: "HostedPlugin") -> None:
        self.operation = operation
        self.full = f"{hosted.name}.{operation.name}"
        self.hosted = hosted
        self.slots = Semaphore(operation.concurrency)
        self.waiting = 0
        validator = operation.request.__pydantic_validator__
        self._from_json, self._from_python = validator.validate_json, validator.validate_python

    def parse_json(self, body: bytes | str, *, extra: Any = None) -> Request:
        """The request in a JSON document. Raises Invalid with every field that is wrong."""
        try:
            return self._from_json(body, extra=extra)
        except ValidationError as error:
            raise invalid(error) from None

    def parse(self, values: dict[str, Any], *, extra: Any = None) -> Request:
        """The request in a dictionary. Raises Invalid with every field that is wrong."""
        try:
            return self._from_python(values, extra=extra)
        except ValidationError as error:
            raise invalid(error) from None

    def invoke(self, request: Request, context: Context) -> Any:
        """Run the operation for the caller in `context`; its reply, or an AzoraError."""
        operation, hosted = self.operation, self.hosted
        with _worker(hosted, context, self.full, "operation", operation.timeout):
            authorise(hosted, operation, context)
            if context.key and not operation.idempotent:
                return once(self, request, context)
            return self.run(request, context)

    def run(self, request: Request, context: Context) -> Any:
        """Run the method in a slot of its own, for a caller who is let in already."""
        with self._slot(context):
            return self.hosted.container.run(self.operation.name, request)

    @contextmanager
    def _slot(self, context: Context) -> Iterator[None]:
        """One of the operation's slots, or none where the chain of calls came through here already."""
        again = self.hosted.name in context.chain
        context.chain = (*context.chain, self.hosted.name)
        if again:
            yield
            return
        if self.waiting >= self.operation.concurrency * QUEUE_FACTOR:
            raise Unavailable(f"{self.full} has too much to do", code="overloaded")
        self.waiting += 1
        try:
            self.slots.acquire()
        finally:
            self.waiting -= 1
        try:
            yield
        finally:
            self.slots.release()


def handle(hosted: "HostedPlugin", handler: Handler, context: Context, data: bytes) -> None:
    """Run an event handler; raises what it raises. An event that does not fit raises Invalid."""
    full = f"{hosted.name}.{handler.name}"
    with _worker(hosted, context, full, "event", handler.timeout):
        context.chain = (*context.chain, hosted.name)
        try:
            event = handler.payload.__pydantic_validator__.validate_json(data)
        except ValidationError as error:
            raise invalid(error) from None
        hosted.container.run(handler.name, event)


def authorise(hosted: "HostedPlugin", operation: Operation, context: Context) -> None:
    """Let the actor in, or raise NotAuthenticated or NotAllowed. Silence denies."""
    if context.token and context.actor is None:
        context.actor = hosted.runtime.actors.verify(context.token)
    if operation.permission is None:
        return
    if context.actor is None:
        raise NotAuthenticated("sign in first")
    if not context.actor.may(operation.permission) or hosted.runtime.forbidden(
        context.actor, operation.permission
    ):
        raise NotAllowed(f"this needs the permission {operation.permission}")


def invalid(error: ValidationError) -> Invalid:
    """A pydantic error as what crosses the wire: no input values, which may be secret."""
    fields: list[FieldError] = [
        {
            "field": ".".join(str(piece) for piece in problem["loc"]),
            "code": problem["type"],
            "detail": problem["msg"],
            "context": {
                k: v for k, v in problem.get("ctx", {}).items() if isinstance(v, (str, int, float))
            },
        }
        for problem in error.errors(include_url=False, include_input=False)
    ]
    return Invalid("Some fields are not right.", fields=fields)


def to_json(message: Message) -> bytes:
    """The message as JSON, by the serializer that pydantic compiled for its class."""
    return message.__pydantic_serializer__.to_json(message)


@contextmanager
def _worker(
    hosted: "HostedPlugin", context: Context, full: str, kind: str, timeout: float
) -> Iterator[None]:
    runtime = hosted.runtime
    context.operation = full
    outcome = "ok"
    began = time.perf_counter()
    span = start_span(context, full, kind)
    token = enter(context)
    hosted.in_flight += 1
    failure: BaseException | None = None
    try:
        with deadline(context, timeout, full):
            yield
    except AzoraError as error:
        outcome, failure = error.code, error
        raise
    except Exception as error:
        outcome, failure = "internal", error
        hosted.log.exception("operation_failed")
        runtime.report(error)
        if kind == "event":
            raise
        raise ServiceError(
            "Something failed here. Try again; if it stays, report the trace id."
        ) from error
    except BaseException as error:
        outcome, failure = "interrupted", error
        raise
    finally:
        hosted.in_flight -= 1
        leave(token)
        runtime.metrics.observe(kind, full, outcome, time.perf_counter() - began)
        finish_span(context, span, failure)


@contextmanager
def deadline(context: Context, timeout: float, full: str) -> Iterator[None]:
    """Raise DeadlineExceeded when the body is not done in `timeout` seconds, or by the caller's deadline.

    A body that never yields is caught when it returns.
    """
    now = time.monotonic()
    mine = now + timeout
    if context.deadline is not None and context.deadline <= now:
        raise DeadlineExceeded(f"{full} was asked too late")
    timer = None
    if context.deadline is None or mine < context.deadline:
        context.deadline = mine
        timer = Timeout(timeout)
    elif not context.timed:
        timer = Timeout(context.deadline - now)
    context.timed = True
    try:
        yield
        if time.monotonic() > context.deadline:
            raise DeadlineExceeded(f"{full} answered too late")
    except Timeout as expired:
        if expired is not timer:
            raise
        raise DeadlineExceeded(f"{full} did not answer in time") from None
    finally:
        if timer is not None:
            timer.cancel()
