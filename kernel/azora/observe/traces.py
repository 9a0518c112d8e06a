"""Spans over HTTP, RPC and events, carried by the kernel's own context.

Auto-instrumentation loses its context in greenlets. Spans are kept until the first one of this
process ends; then the trace is exported when it is sampled, or when anything in it failed.
"""

from random import getrandbits
from time import time_ns
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from azora.context import enter, leave
from azora.errors import RequestError

if TYPE_CHECKING:
    from azora.context import Context
    from azora.observe.traceexport import TraceExporter

SpanKind = Literal["operation", "route", "event", "client", "internal"]

_exporter: "TraceExporter | None" = None
_sampled_below = 0


class Span(NamedTuple):
    """One finished piece of work. Times are in nanoseconds since 1970."""

    name: str
    kind: SpanKind
    span_id: str
    parent_id: str
    began: int
    ended: int
    error: BaseException | None

    @property
    def failed(self) -> bool:
        """Whether something broke; a request that was refused is no failure."""
        return self.error is not None and not isinstance(self.error, RequestError)


OpenSpan = tuple[str, SpanKind, str, str, int]
"""The first five fields of a Span: a bare tuple, since most are made only to be thrown away."""


class LocalTrace:
    """The part of a trace that this process sees: its first span's id, and what has finished."""

    __slots__ = ("ended", "erred", "root_id", "spans")

    def __init__(self, root_id: str) -> None:
        self.root_id = root_id
        self.spans: list[tuple[Any, ...]] = []
        self.ended = False
        self.erred = False


def export_traces(exporter: "TraceExporter | None", sample: float = 0.0) -> None:
    """Send finished traces to `exporter` from now on, that share of them and all failures; None stops."""
    global _exporter, _sampled_below
    _exporter = exporter
    _sampled_below = int(sample * (1 << 64))


def start_span(context: "Context", name: str, kind: SpanKind = "internal") -> OpenSpan | None:
    """Begin a piece of work in this context; give what is returned to `finish_span`.

    The first one of a trace decides by the trace id whether it is sampled, so that processes agree.
    """
    if _exporter is None:
        context.span_id = context.span_id or getrandbits(64).to_bytes(8).hex()
        return None
    parent_id = context.span_id
    context.span_id = span_id = getrandbits(64).to_bytes(8).hex()
    if context.spans is None:
        context.spans = LocalTrace(span_id)
        if not parent_id:
            context.sampled = int(context.trace_id[16:], 16) < _sampled_below
    return (name, kind, span_id, parent_id, time_ns())


def finish_span(
    context: "Context",
    span: OpenSpan | None,
    error: BaseException | None = None,
    name: str | None = None,
) -> None:
    """End a piece of work, under a better name where one is known by now.

    The end of the first one of this process ends the trace here.
    """
    if span is None:
        return
    context.span_id = span[3]
    trace = context.spans
    if trace is None:
        return
    trace.spans.append((name or span[0], *span[1:], time_ns(), error))
    trace.erred = trace.erred or error is not None
    if span[2] == trace.root_id or trace.ended:
        _end(context, trace)


def _end(context: "Context", trace: LocalTrace) -> None:
    """Export what has finished; spans that outlive the first one follow one by one."""
    trace.ended = True
    records, trace.spans = trace.spans, []
    exporter, erred = _exporter, trace.erred
    trace.erred = False
    if exporter is None or not (context.sampled or erred):
        return
    spans = [Span(*record) for record in records]
    if context.sampled or any(span.failed for span in spans):
        token = enter(context)  # what it has seen of people is starred in what it failed of
        try:
            exporter.export(context.trace_id, context.sampled, trace.root_id, spans)
        finally:
            leave(token)
