"""What a running kernel tells of itself, without a line in the plugin."""

import eventlet
import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.kernel.hosting import make_plugin, running
from tests.kernel.observe.conftest import Written
from tests.kernel.observe.test_traces import Collector
from werkzeug.test import Client

from azora import Event, Reply, Request, Service, on_event, operation
from azora.context import current
from azora.http.gateway import Gateway
from azora.observe.logs import get_logger
from azora.observe.traces import export_traces
from azora.testing.servers import wait_until


class Greet(Request):
    name: str


class Greeting(Reply):
    text: str


class Greeted(Event):
    name: str


class Hello(Service):
    @operation("POST /greetings", public=True)
    def greet(self, request: Greet) -> Greeting:
        """Greet somebody."""
        self.log.info("greeting")
        if request.name == "nobody":
            raise ValueError("there is nobody at thandi@example.com")
        self.emit(Greeted(name=request.name))
        return self.call("hello.say", request, Greeting)

    @operation("GET /words/{name}", public=True)
    def say(self, request: Greet) -> Greeting:
        """Say the words."""
        return Greeting(text=f"Hello, {request.name}.")

    @on_event("hello.greeted")
    def remember(self, event: Greeted) -> None:
        self.log.info("remembered", trace=current().trace_id)
        heard.append(current().trace_id)


heard: list[str] = []


@pytest.fixture
def runtime(tmp_path):
    with running(tmp_path, make_plugin("hello", services=[Hello], events=[Greeted])) as runtime:
        yield runtime


@pytest.fixture
def client(runtime):
    return Client(Gateway(runtime).wsgi)


def measured(runtime):
    """Every sample by its name and the values of its labels."""
    families = text_string_to_metric_families(runtime.metrics.render().decode())
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.fixture(autouse=True)
def nothing_heard():
    heard.clear()


def test_one_trace_leads_from_http_over_calls_to_the_event_handler(client, written: Written):
    collector = Collector()
    export_traces(collector.exporter, 1.0)
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    parent = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    client.post("/api/hello/greetings", json={"name": "Thandi"}, headers=parent)
    wait_until(lambda: "hello.remember" in collector.spans, what="the event is handled")
    assert heard == [trace]
    tree = parents_of_known(collector)
    assert tree["hello.say"] == "hello.greet"
    assert tree["hello.remember"] == "hello.greet"
    assert {f"{span.context.trace_id:032x}" for span in collector.spans.values()} == {trace}
    lines = [line for line in written.lines if line["scope"] == "hello"]
    assert [line["body"] for line in lines] == ["greeting", "remembered"]
    assert {line["trace_id"] for line in lines} == {trace}


def parents_of_known(collector):
    """Parents by name; the route is named as its operation, and its parent is the browser's."""
    names = {span.context.span_id: span.name for span in collector.memory.get_finished_spans()}
    return {
        span.name: names.get(span.parent.span_id) if span.parent else None
        for span in collector.memory.get_finished_spans()
        if span.attributes["azora.kind"] != "route"
    }


def test_operations_routes_and_handlers_are_measured(runtime, client):
    client.post("/api/hello/greetings", json={"name": "Thandi"})
    delivered = ("azora_event_deliveries_total", "hello.remember", "ok")
    wait_until(lambda: delivered in measured(runtime), what="the event is delivered")
    found = measured(runtime)
    assert found["azora_operation_calls_total", "hello.greet", "ok"] == 1
    assert found["azora_operation_calls_total", "hello.say", "ok"] == 1
    assert found[delivered] == 1
    assert found["azora_operation_duration_seconds_count", "hello.greet"] == 1
    assert any(name == "azora_http_requests_total" for name, *_ in found)
    assert found["azora_outbox_events", "hello"] == 0
    assert found["azora_inbox_parked_events", "hello"] == 0
    assert found["azora_inflight", "hello"] == 0


def test_an_unforeseen_error_is_logged_masked_with_its_trace(client, written: Written):
    answer = client.post("/api/hello/greetings", json={"name": "nobody"})
    assert answer.status_code == 500
    (line,) = [line for line in written.lines if line["body"] == "operation_failed"]
    assert line["trace_id"] == answer.json["trace_id"]
    assert line["attributes"]["azora.operation"] == "hello.greet"
    assert line["attributes"]["exception.message"] == "there is nobody at ***"
    assert "thandi@example.com" not in written.text + answer.text


def test_a_log_in_a_greenlet_of_its_own_keeps_the_trace(written: Written, context):
    import contextvars

    run = contextvars.copy_context().run
    eventlet.spawn(run, get_logger("hello").info, "later").wait()
    assert written.lines[0]["trace_id"] == context.trace_id


class Caller(Service):
    @operation("POST /forward", public=True)
    def forward(self, request: Greet) -> Greeting:
        """Pass a greeting on."""
        return self.call("hello.say", request, Greeting)


@pytest.mark.needs("rabbitmq")
def test_one_trace_leads_over_rabbitmq(tmp_path, rabbitmq):
    collector = Collector()
    hello = make_plugin("hello", services=[Hello], events=[Greeted])
    caller = make_plugin("caller", services=[Caller], calls=["hello.say"])
    broker = rabbitmq.new_vhost()
    with (
        running(tmp_path, hello, caller, names=["hello"], broker_url=broker) as far,
        running(tmp_path, hello, caller, names=["caller"], broker_url=broker) as near,
    ):
        assert far.transport.wait_ready(10) and near.transport.wait_ready(10)
        export_traces(collector.exporter, 1.0)
        near.call("caller.forward", Greet(name="Thandi"), Greeting)
        wait_until(lambda: len(collector.memory.get_finished_spans()) == 3, what="three spans")
    spans = {
        (span.name, span.attributes["azora.kind"]): span
        for span in collector.memory.get_finished_spans()
    }
    root = spans["caller.forward", "operation"]
    sent, served = spans["hello.say", "client"], spans["hello.say", "operation"]
    assert root.parent is None
    assert sent.parent.span_id == root.context.span_id
    assert served.parent.span_id == sent.context.span_id and served.parent.is_remote
    assert len({span.context.trace_id for span in spans.values()}) == 1
