"""The one path on which every operation and every handler runs, whatever surface it came from.

Actor, permission, deadline, slot, worker, and afterwards metrics, trace and a typed error.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Literal

from eventlet.semaphore import Semaphore
from pydantic import ValidationError

from azora.acts import goes_on_record, is_for_another, on_record
from azora.context import Context, enter, leave
from azora.contract import Handler, Operation
from azora.deadlines import Deadline
from azora.errors import (
    AzoraError,
    DeadlineExceeded,
    NotAllowed,
    NotAuthenticated,
    RequestError,
    ServiceError,
    Unavailable,
    invalid,
)
from azora.events.envelope import Envelope
from azora.messages import Message, Request
from azora.observe.traces import finish_span, start_span
from azora.once import once

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

Kind = Literal["operation", "event"]
UNEXPECTED = "Something failed here. Try again; if it stays, report the trace id."
FAULTS = (
    "operation_faults",
    "Calls of operations that failed by the plugin's own fault",
    "operation",
)
QUEUE_FACTOR = 8
"""Callers that may wait for each slot before the next is turned away."""


class BoundOperation:
    """An operation of a plugin in this process, with what a call needs resolved once."""

    __slots__ = (
        "_from_json",
        "_from_python",
        "full",
        "hosted",
        "operation",
        "recorded",
        "slots",
        "waiting",
    )

    def __init__(self, operation: Operation, hosted: "HostedPlugin") -> None:
        self.operation = operation
        self.full = f"{hosted.name}.{operation.name}"
        self.hosted = hosted
        self.recorded = goes_on_record(operation, hosted.plugin.permissions)
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
        """Run the operation for the caller in `context`; its reply, or an AzoraError.

        A streaming operation runs as its reply is read, until its deadline.
        """
        operation, hosted = self.operation, self.hosted
        if operation.shape == "stream":
            authorise(hosted, operation, context)
            return self._stream(request, context)
        with Worker(hosted, context, self.full, "operation", operation.timeout):
            recorded = self.recorded or is_for_another(operation, context)
            with on_record(self, request, context) if recorded else nullcontext():
                authorise(hosted, operation, context)
                if context.key and not operation.idempotent:
                    return once(self, request, context)
                return self.run(request, context)

    def run(self, request: Request, context: Context) -> Any:
        """Run the method in a slot of its own, for a caller who is let in already."""
        again = self.hosted.name in context.chain
        context.chain = (*context.chain, self.hosted.name)
        if again:
            return self.hosted.container.run(self.operation.name, request)
        self._take_slot()
        try:
            return self.hosted.container.run(self.operation.name, request)
        finally:
            self.slots.release()

    def _stream(self, request: Request, context: Context) -> Iterator[Any]:
        with Worker(self.hosted, context, self.full, "operation", self.operation.timeout):
            yield from self.run(request, context)

    def _take_slot(self) -> None:
        if self.waiting >= self.operation.concurrency * QUEUE_FACTOR:
            raise Unavailable(f"{self.full} has too much to do", code="overloaded")
        self.waiting += 1
        try:
            self.slots.acquire()
        finally:
            self.waiting -= 1


def handle(
    hosted: "HostedPlugin", handler: Handler, context: Context, envelopes: Sequence[Envelope]
) -> None:
    """Run an event handler; raises what it raises. An event that does not fit raises Invalid."""
    full = f"{hosted.name}.{handler.name}"
    with Worker(hosted, context, full, "event", handler.timeout):
        context.chain = (*context.chain, hosted.name)
        read = handler.payload.__pydantic_validator__.validate_json
        try:
            events = [read(hosted.opener.open(handler, envelope)) for envelope in envelopes]
        except ValidationError as error:
            raise invalid(error) from None
        hosted.container.run(handler.name, events if handler.batch else events[0])


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


def to_json(message: Message) -> bytes:
    """The message as JSON, by the serializer that pydantic compiled for its class."""
    return message.__pydantic_serializer__.to_json(message)


class Worker:
    """One piece of work from its start to its end: context, deadline, metrics, trace, typed error."""

    __slots__ = ("_began", "_context", "_deadline", "_full", "_hosted", "_kind", "_span", "_token")

    def __init__(
        self, hosted: "HostedPlugin", context: Context, full: str, kind: Kind, timeout: float
    ) -> None:
        self._hosted = hosted
        self._context = context
        self._full = full
        self._kind = kind
        self._deadline = Deadline(context, timeout, full)

    def __enter__(self) -> None:
        context = self._context
        context.operation = self._full
        self._began = time.perf_counter()
        self._span = start_span(context, self._full, self._kind)
        self._token = enter(context)
        self._hosted.in_flight += 1
        try:
            self._deadline.start()
        except DeadlineExceeded as error:
            self._end(error)
            raise

    def __exit__(self, _kind: Any, error: BaseException | None, _trace: Any) -> None:
        failure = self._deadline.end(error)
        if isinstance(failure, Exception) and not isinstance(failure, AzoraError):
            self._hosted.log.exception("operation_failed", exc_info=failure)
            self._hosted.runtime.report(failure)
            if self._kind == "operation":
                failure = ServiceError(UNEXPECTED)
        self._end(failure)
        if failure is not error and failure is not None:
            raise failure from (error if isinstance(failure, ServiceError) else None)

    def _end(self, failure: BaseException | None) -> None:
        self._hosted.in_flight -= 1
        leave(self._token)
        outcome = "ok" if failure is None else _outcome(failure)
        seconds = time.perf_counter() - self._began
        metrics = self._hosted.runtime.metrics
        metrics.observe(self._kind, self._full, outcome, seconds)
        if self._kind == "operation" and _is_fault(failure):
            metrics.counter(*FAULTS).add(1, self._full)
        finish_span(self._context, self._span, failure)


def _is_fault(failure: BaseException | None) -> bool:
    """Whether it failed, and not because of what the caller asked for."""
    return isinstance(failure, Exception) and not isinstance(failure, RequestError)


def _outcome(failure: BaseException) -> str:
    if isinstance(failure, AzoraError):
        return failure.code
    return "internal" if isinstance(failure, Exception) else "interrupted"
