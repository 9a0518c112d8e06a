"""Spans over HTTP, RPC and events, carried by the kernel's own context.

Auto-instrumentation loses its context in greenlets. Spans are kept until the first one of this
process ends; then the trace is exported when it is sampled, or when anything in it failed.
"""

from random import getrandbits
from time import time_ns
from typing import TYPE_CHECKING, Any, Literal

from azora.errors import RequestError

if TYPE_CHECKING:
    from azora.context import Context
    from azora.traceexport import TraceExporter

SpanKind = Literal["operation", "route", "event", "client", "internal"]

_exporter: "TraceExporter | None" = None
_sampled_below = 0


class Span:
    """One piece of work. Times are in nanoseconds since 1970."""

    __slots__ = ("attributes", "began", "ended", "error", "kind", "name", "parent_id", "span_id")

    def __init__(self, name: str, kind: str, span_id: str, parent_id: str) -> None:
        self.name = name
        self.kind = kind
        self.span_id = span_id
        self.parent_id = parent_id
        self.began = time_ns()
        self.ended = 0
        self.error: BaseException | None = None
        self.attributes: dict[str, Any] | None = None

    @property
    def failed(self) -> bool:
        """Whether something broke; a request that was refused is no failure."""
        return self.error is not None and not isinstance(self.error, RequestError)


def export_traces(exporter: "TraceExporter | None", sample: float = 0.0) -> None:
    """Send finished traces to `exporter` from now on, that share of them and all failures; None stops."""
    global _exporter, _sampled_below
    _exporter = exporter
    _sampled_below = int(sample * (1 << 64))


def start_span(context: "Context", name: str, kind: SpanKind = "internal") -> Span | None:
    """Begin a piece of work in this context; give what is returned to `finish_span`.

    The first one of a trace decides by the trace id whether it is sampled, so that processes agree.
    """
    if _exporter is None:
        context.span_id = context.span_id or f"{getrandbits(64):016x}"
        return None
    span = Span(name, kind, f"{getrandbits(64):016x}", context.span_id)
    if context.spans is None:
        context.spans = [span]
        if not context.span_id:
            context.sampled = int(context.trace_id[16:], 16) < _sampled_below
    context.span_id = span.span_id
    return span


def finish_span(context: "Context", span: Span | None, error: BaseException | None = None) -> None:
    """End a piece of work; the end of the first one of this process ends the trace here."""
    if span is None:
        return
    span.ended = time_ns()
    span.error = error
    context.span_id = span.parent_id
    spans = context.spans
    if spans is None:
        return
    root = spans[0]
    if span is root:
        _end(context, spans)
    elif root.ended:
        _end(context, [span])
    else:
        spans.append(span)


def _end(context: "Context", spans: list[Span]) -> None:
    failed = any(span.error is not None and span.failed for span in spans)
    if _exporter is not None and (context.sampled or failed):
        _exporter.export(context.trace_id, context.sampled, spans)
