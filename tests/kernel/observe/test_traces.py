"""Traces: one trace across calls, failures always exported, no span whose parent is missing."""

import timeit
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from azora.context import Context
from azora.errors import NotFound, ServiceError
from azora.observe.traceexport import TraceExporter, open_exporter
from azora.observe.traces import export_traces, finish_span, start_span
from azora.settings import load_campus_settings

RESOURCE = {"service.name": "azora-test"}


class Collector:
    """What was exported, by name."""

    def __init__(self) -> None:
        self.memory = InMemorySpanExporter()
        self.exporter = TraceExporter(SimpleSpanProcessor(self.memory), RESOURCE)

    @property
    def spans(self) -> dict[str, ReadableSpan]:
        return {span.name: span for span in self.memory.get_finished_spans()}


@pytest.fixture
def collect() -> Callable[[float], Collector]:
    def start(sample: float) -> Collector:
        collector = Collector()
        export_traces(collector.exporter, sample)
        return collector

    return start


def new_context(parent: Context | None = None) -> Context:
    return Context(None, parent)  # type: ignore[arg-type]


def remote(parent: Context) -> Context:
    """The context in another process that got a message of this one."""
    return Context.from_headers(None, parent.headers())  # type: ignore[arg-type]


def run(name: str, kind: Any, context: Context, inner: Callable[[], None] = lambda: None) -> None:
    """A span round `inner`, that fails with it."""
    span = start_span(context, name, kind)
    try:
        inner()
    except Exception as error:
        finish_span(context, span, error)
        raise
    finish_span(context, span)


def fail() -> None:
    raise ServiceError("the shelf fell on thandi@example.com")


def parents_of(collector: Collector) -> dict[str, str | None]:
    names = {span.context.span_id: name for name, span in collector.spans.items() if span.context}
    return {
        name: names[span.parent.span_id] if span.parent else None
        for name, span in collector.spans.items()
    }


def test_calls_in_one_process_become_one_tree(collect: Callable[[float], Collector]) -> None:
    collector = collect(1.0)
    page = new_context()

    def inner() -> None:
        search = new_context(page)
        run(
            "library.search",
            "operation",
            search,
            lambda: run("web.rank", "operation", new_context(search)),
        )
        run("identity.me", "operation", new_context(page))

    run("GET /library", "route", page, inner)
    assert parents_of(collector) == {
        "GET /library": None,
        "library.search": "GET /library",
        "web.rank": "library.search",
        "identity.me": "GET /library",
    }
    root = collector.spans["GET /library"]
    assert root.kind is SpanKind.SERVER and root.attributes is not None
    assert root.attributes["http.route"] == "GET /library"
    assert root.start_time and root.end_time and root.start_time <= root.end_time


def test_the_tree_goes_on_in_another_process(collect: Callable[[float], Collector]) -> None:
    collector = collect(1.0)
    caller = new_context()
    run(
        "library.search", "client", caller,
        lambda: run("library.search@far", "operation", remote(caller)),
    )  # fmt: skip
    near, far = collector.spans["library.search"], collector.spans["library.search@far"]
    assert far.parent and near.context and far.context
    assert far.parent.span_id == near.context.span_id and far.parent.is_remote
    assert far.context.trace_id == near.context.trace_id
    assert (near.kind, far.kind) == (SpanKind.CLIENT, SpanKind.SERVER)


def test_what_is_not_sampled_leaves_nothing(collect: Callable[[float], Collector]) -> None:
    collector = collect(0.0)
    run("GET /", "route", new_context())
    assert collector.spans == {}


def test_a_share_of_traces_is_sampled_and_processes_agree(
    collect: Callable[[float], Collector],
) -> None:
    collect(0.25)
    chosen = 0
    for _ in range(2000):
        context = new_context()
        span = start_span(context, "GET /", "route")
        far = remote(context)
        assert far.sampled == context.sampled
        chosen += context.sampled
        finish_span(context, span)
    assert 400 < chosen < 600


def test_a_failure_is_always_exported_with_all_that_led_to_it(
    collect: Callable[[float], Collector],
) -> None:
    collector = collect(0.0)
    page = new_context()

    def inner() -> None:
        run("identity.me", "operation", new_context(page))
        run("library.search", "operation", new_context(page), fail)

    with pytest.raises(ServiceError):
        run("GET /library", "route", page, inner)
    assert parents_of(collector) == {
        "GET /library": None,
        "identity.me": "GET /library",
        "library.search": "GET /library",
    }
    failed = collector.spans["library.search"]
    assert failed.status.status_code is StatusCode.ERROR
    assert failed.status.description == "the shelf fell on ***"
    assert failed.events[0].attributes is not None
    assert failed.events[0].attributes["exception.message"] == "the shelf fell on ***"


def test_a_refused_request_is_no_failure(collect: Callable[[float], Collector]) -> None:
    collector = collect(0.0)

    def refuse() -> None:
        raise NotFound("no such book")

    with pytest.raises(NotFound):
        run("GET /library", "route", new_context(), refuse)
    assert collector.spans == {}


def test_a_failure_that_reaches_the_caller_is_one_tree(
    collect: Callable[[float], Collector],
) -> None:
    collector = collect(0.0)
    caller = new_context()
    with pytest.raises(ServiceError):
        run("client", "client", caller, lambda: run("far", "operation", remote(caller), fail))
    assert parents_of(collector) == {"client": None, "far": "client"}


def test_a_failure_that_the_caller_never_sees_has_no_broken_parent(
    collect: Callable[[float], Collector],
) -> None:
    collector = collect(0.0)
    publisher = new_context()
    opened = start_span(publisher, "library.add", "operation")
    published = remote(publisher)
    finish_span(publisher, opened)
    with pytest.raises(ServiceError):
        run("web.on_added", "event", published, fail)
    span = collector.spans["web.on_added"]
    assert span.parent is None and span.attributes is not None
    assert span.attributes["azora.caller_span_id"] == opened[2] if opened else None
    assert span.context and f"{span.context.trace_id:032x}" == publisher.trace_id


def test_a_span_that_outlives_the_first_is_exported_after_it(
    collect: Callable[[float], Collector],
) -> None:
    collector = collect(1.0)
    page = new_context()
    opened = start_span(page, "GET /", "route")
    later_context = new_context(page)
    later = start_span(later_context, "later", "internal")
    finish_span(page, opened)
    finish_span(later_context, later)
    assert parents_of(collector) == {"GET /": None, "later": "GET /"}


def test_without_a_collector_the_trace_of_others_passes_through() -> None:
    context = new_context()
    context.span_id, context.sampled = "00f067aa0ba902b7", True
    run("library.search", "operation", context)
    assert context.headers()["traceparent"] == f"00-{context.trace_id}-00f067aa0ba902b7-01"


@pytest.mark.untraced
def test_an_unsampled_span_is_cheap(collect: Callable[[float], Collector]) -> None:
    collect(0.0)
    page = new_context()
    opened = start_span(page, "GET /", "route")

    def one() -> None:
        finish_span(page, start_span(page, "library.search", "operation"))

    assert min(timeit.repeat(one, number=500, repeat=40)) / 500 < 3e-6
    finish_span(page, opened)


class Receiver(BaseHTTPRequestHandler):
    """An OTLP/HTTP collector that keeps what it gets."""

    server: "ReceivingServer"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, dict(self.headers), body))
        answer = ExportTraceServiceResponse().SerializeToString()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Silence."""


class ReceivingServer(HTTPServer):
    received: list[tuple[str, dict[str, str], bytes]]


@pytest.fixture
def receiver() -> Iterator[ReceivingServer]:
    server = ReceivingServer(("127.0.0.1", 0), Receiver)
    server.received = []
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_collector_gets_protobuf_over_http(receiver: ReceivingServer) -> None:
    settings = load_campus_settings(
        otlp_endpoint=f"http://127.0.0.1:{receiver.server_port}", otlp_headers="x-tenant=campus"
    )
    exporter = open_exporter(settings, RESOURCE)
    export_traces(exporter, 1.0)
    page = new_context()
    run("GET /", "route", page, lambda: run("library.search", "operation", new_context(page)))
    export_traces(None)
    exporter.stop()
    ((path, headers, body),) = receiver.received
    assert (
        path == "/v1/traces" and {k.lower(): v for k, v in headers.items()}["x-tenant"] == "campus"
    )
    if headers.get("Content-Encoding") == "gzip":
        import gzip

        body = gzip.decompress(body)
    request = ExportTraceServiceRequest.FromString(body)
    resource = request.resource_spans[0].resource
    assert "azora-test" in {attribute.value.string_value for attribute in resource.attributes}
    spans = {span.name: span for span in request.resource_spans[0].scope_spans[0].spans}
    assert spans["library.search"].parent_span_id == spans["GET /"].span_id
    assert spans["GET /"].trace_id.hex() == page.trace_id
