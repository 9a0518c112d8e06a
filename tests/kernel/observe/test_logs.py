"""Logs: one JSON line with OpenTelemetry's names, from the kernel, from plugins and from libraries."""

import io
import logging
import sys
import threading
import timeit
import warnings
from collections.abc import Callable
from typing import Any, Literal

import eventlet
import pytest
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from tests.kernel.observe.conftest import RESOURCE, Written

from azora.actor import Actor
from azora.context import Context
from azora.observe.logs import IntoPipeline, configure_logs, get_logger
from azora.observe.telemetry import catch_uncaught
from azora.settings import load_campus_settings

Configure = Callable[..., Written]


class LogLine(BaseModel):
    """OpenTelemetry's log data model, with its names in snake case and the W3C trace context."""

    model_config = ConfigDict(extra="forbid")

    timestamp: AwareDatetime
    severity_text: Literal["DEBUG", "INFO", "WARN", "ERROR", "FATAL"]
    severity_number: Literal[5, 9, 13, 17, 21]
    body: str = Field(min_length=1)
    scope: str = Field(min_length=1)
    trace_id: str | None = Field(None, pattern="^[0-9a-f]{32}$")
    span_id: str | None = Field(None, pattern="^[0-9a-f]{16}$")
    trace_flags: str | None = Field(None, pattern="^0[01]$")
    resource: dict[str, str]
    attributes: dict[str, Any]


def test_a_line_fits_the_schema_and_carries_plugin_operation_trace_and_actor(
    written: Written, context: Context
) -> None:
    context.span_id = "00f067aa0ba902b7"
    context.actor = Actor("user:7", frozenset(), 0.0)
    context.cause = "01890a5d-ac96-774b-bcce-b302099a8057"
    get_logger("library").info("resource_added", pages=312)
    line = LogLine.model_validate_json(written.text)
    assert (line.body, line.scope, line.severity_number) == ("resource_added", "library", 9)
    assert (line.trace_id, line.span_id) == (context.trace_id, context.span_id)
    assert line.resource == RESOURCE
    assert line.attributes == {
        "pages": 312,
        "azora.operation": "library.add_resource",
        "user.id": "user:7",
        "azora.cause": context.cause,
    }


def test_outside_a_call_there_is_no_trace(written: Written) -> None:
    get_logger("kernel").info("started")
    assert "trace_id" not in written.lines[0]


@pytest.mark.parametrize(
    "value",
    [
        "two\nlines",
        "\ud800",
        "\x00\x1b[31m",
        2**70,
        float("nan"),
        b"\xff",
        {1: {2: 3}},
        object,
        ...,
    ],
)
def test_any_value_stays_one_line_of_json(written: Written, value: object) -> None:
    get_logger("library").info("odd", value=value)
    assert len(written.lines) == 1


def test_an_exception_becomes_attributes(written: Written) -> None:
    try:
        raise ValueError("no such shelf: mail thandi@example.com")
    except ValueError:
        get_logger("library").exception("shelving_failed")
    attributes = written.lines[0]["attributes"]
    assert attributes["exception.type"] == "ValueError"
    assert attributes["exception.message"] == "no such shelf: mail ***"
    assert "test_logs.py" in attributes["exception.stacktrace"]


def test_a_level_may_be_set_for_one_plugin(log_to_memory: Configure) -> None:
    written = log_to_memory(log_level="warning", log_levels={"library": "debug", "kombu": "error"})
    get_logger("library").debug("heard")
    get_logger("pay").info("not_heard")
    logging.getLogger("kombu").warning("not heard")
    assert [line["body"] for line in written.lines] == ["heard"]


def test_a_logger_made_before_the_configuration_follows_it(log_to_memory: Configure) -> None:
    log = get_logger("library")
    written = log_to_memory(log_level="debug")
    log.bind(shelf=3).debug("found")
    assert written.lines[0]["attributes"] == {"shelf": 3}


@pytest.mark.parametrize("library", ["nameko.rpc", "kombu.connection", "werkzeug", "somebody"])
def test_libraries_take_the_same_way(written: Written, library: str) -> None:
    logging.getLogger(library).warning("lost %s", "amqp://azora:hunter2@broker//")
    line = LogLine.model_validate_json(written.text)
    assert (line.scope, line.body) == (library, "lost amqp://azora:***@broker//")


def test_a_library_that_formats_wrongly_is_still_heard(written: Written) -> None:
    record = logging.LogRecord("somebody", logging.ERROR, "", 0, "%d shelves", ("many",), None)
    IntoPipeline().handle(record)
    assert "many" in written.lines[0]["body"]


def test_quiet_libraries_are_heard_from_warning_on(written: Written) -> None:
    logging.getLogger("kombu").info("connected")
    assert written.text == ""


def test_warnings_are_logged(written: Written) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn("this will go", DeprecationWarning, stacklevel=1)
    assert "this will go" in written.lines[0]["body"]


def test_on_a_terminal_it_is_readable(log_to_memory: Configure, context: Context) -> None:
    written = log_to_memory(log_format="console")
    get_logger("library").warning("shelf_full", shelf=3, password="hunter2")
    try:
        raise ValueError("no room")
    except ValueError:
        get_logger("library").exception("shelving_failed")
    first, *rest = written.text.splitlines()
    for piece in ("warning", "shelf_full", "shelf=3", "library", context.trace_id):
        assert piece in first
    assert "hunter2" not in written.text
    assert any("ValueError: no room" in line for line in rest)


def test_without_a_terminal_it_is_json(log_to_memory: Configure) -> None:
    written = log_to_memory(log_format="auto")
    get_logger("library").info("added")
    assert written.lines[0]["body"] == "added"


def test_a_full_disk_costs_the_line_and_not_the_work(log_to_memory: Configure) -> None:
    log_to_memory()
    with open("/dev/full", "wb", buffering=0) as full:
        configure_logs(load_campus_settings(), RESOURCE, full)
        get_logger("library").info("added")


class TestUncaught:
    @pytest.fixture(autouse=True)
    def hooks(self, written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "excepthook", sys.excepthook)
        monkeypatch.setattr(threading, "excepthook", threading.excepthook)
        hub = eventlet.hubs.get_hub()
        monkeypatch.setattr(hub, "squelch_timer_exception", hub.squelch_timer_exception)
        catch_uncaught()

    def test_in_the_main_thread(self, written: Written) -> None:
        error = ValueError("nobody caught me")
        sys.excepthook(ValueError, error, None)
        assert written.lines[0]["attributes"]["exception.message"] == "nobody caught me"

    def test_in_a_greenlet(self, written: Written) -> None:
        def fail() -> None:
            raise ValueError("nobody waits for me")

        eventlet.spawn(fail)
        eventlet.spawn_n(fail)
        for _ in range(10):
            eventlet.sleep(0)
        assert [line["body"] for line in written.lines] == ["uncaught_exception"] * 2

    def test_in_a_thread(self, written: Written) -> None:
        def fail() -> None:
            raise ValueError("nobody joins me")

        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        assert written.lines[0]["attributes"]["exception.message"] == "nobody joins me"

    def test_an_interrupt_is_no_error(
        self, written: Written, capsys: pytest.CaptureFixture[str]
    ) -> None:
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
        assert written.text == ""


@pytest.mark.untraced
def test_a_line_is_cheap(context: Context, written: Written) -> None:
    log = get_logger("library")

    def one() -> None:
        log.info("resource_added", id="01890a5d-ac96-774b-bcce-b302099a8057", kind="BOOK", size=3)

    assert min(timeit.repeat(one, number=100, repeat=40)) / 100 < 40e-6


def test_the_default_goes_to_standard_error(
    log_to_memory: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_to_memory()
    errors = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(sys, "stderr", errors)
    configure_logs(load_campus_settings(log_format="json"), RESOURCE)
    get_logger("library").info("added")
    assert b'"body":"added"' in errors.buffer.getvalue()  # type: ignore[attr-defined]
