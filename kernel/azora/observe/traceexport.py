"""Finished spans on their way to a collector, as OpenTelemetry's own spans over OTLP/HTTP.

OpenTelemetry is imported only where a collector is configured.
"""

from typing import TYPE_CHECKING, Any

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan, SpanProcessor
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from azora import __version__
from azora.errors import AzoraError
from azora.observe.masking import mask_text
from azora.observe.tracebacks import describe_exception
from azora.observe.traces import Span

if TYPE_CHECKING:
    from azora.settings import CampusSettings

MAX_BATCH = 128
"""Spans encoded at once: more would hold up the hub for too long."""

_KINDS = {
    "route": SpanKind.SERVER,
    "operation": SpanKind.SERVER,
    "event": SpanKind.CONSUMER,
    "client": SpanKind.CLIENT,
}
_SAMPLED = TraceFlags(TraceFlags.SAMPLED)


class TraceExporter:
    """Turns the kernel's spans into OpenTelemetry's and hands them to a span processor."""

    def __init__(self, processor: SpanProcessor, resource: dict[str, str]) -> None:
        self._processor = processor
        self._resource = Resource.create(resource)
        self._scope = InstrumentationScope("azora", __version__)

    def export(self, trace_id: str, sampled: bool, root_id: str, spans: list[Span]) -> None:
        """Export the part of a trace that this process saw; `root_id` is its first span here."""
        trace = int(trace_id, 16)
        for span in spans:
            is_root = span.span_id == root_id
            detached = is_root and not sampled and not _caller_exports(span)
            self._processor.on_end(self._readable(trace, span, is_root, detached))

    def stop(self) -> None:
        """Send what is left and close."""
        self._processor.shutdown()

    def _readable(self, trace: int, span: Span, is_root: bool, detached: bool) -> ReadableSpan:
        parent = None
        if span.parent_id and not detached:
            parent = SpanContext(trace, int(span.parent_id, 16), is_root, _SAMPLED)
        return ReadableSpan(
            name=span.name,
            context=SpanContext(trace, int(span.span_id, 16), False, _SAMPLED),
            parent=parent,
            resource=self._resource,
            attributes=_attributes(span, detached),
            events=[_exception(span)] if span.error is not None and span.failed else (),
            kind=_KINDS.get(span.kind, SpanKind.INTERNAL)
            if is_root or span.kind == "client"
            else SpanKind.INTERNAL,
            status=_status(span),
            start_time=span.began,
            end_time=span.ended,
            instrumentation_scope=self._scope,
        )


def open_exporter(settings: "CampusSettings", resource: dict[str, str]) -> TraceExporter:
    """An exporter to the collector that the settings name, in batches and in the background."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    headers = settings.otlp_headers.get_secret_value() if settings.otlp_headers else ""
    pairs = (piece.partition("=") for piece in headers.split(",") if piece.strip())
    sender = OTLPSpanExporter(
        endpoint=f"{(settings.otlp_endpoint or '').rstrip('/')}/v1/traces",
        headers={name.strip(): value.strip() for name, _, value in pairs},
        timeout=10,
    )
    processor = BatchSpanProcessor(
        sender, max_export_batch_size=MAX_BATCH, schedule_delay_millis=2000
    )
    return TraceExporter(processor, resource)


def _caller_exports(root: Span) -> bool:
    """Whether the caller in another process exports its side of an unsampled trace as well.

    It does when the failure reached it: then its own span failed too. Else the parent would be broken.
    """
    return root.failed and root.kind == "operation"


def _attributes(span: Span, detached: bool) -> dict[str, Any]:
    attributes = {"azora.kind": span.kind, "azora.plugin": span.name.partition(".")[0]}
    if span.kind == "route":
        attributes = {"azora.kind": span.kind, "http.route": span.name}
    if span.error is not None:
        attributes["error.type"] = getattr(span.error, "code", type(span.error).__name__)
    if detached and span.parent_id:
        attributes["azora.caller_span_id"] = span.parent_id
    return attributes


def _exception(span: Span) -> Event:
    return Event("exception", describe_exception(span.error), span.ended)


def _status(span: Span) -> Status:
    if span.error is None or not span.failed:
        return Status(StatusCode.UNSET)
    words = span.error.detail if isinstance(span.error, AzoraError) else str(span.error)
    return Status(StatusCode.ERROR, mask_text(words))
