"""A seeded corpus of secrets and personal data goes in; none of it comes out anywhere."""

import json
import logging
from typing import Any

import pytest
from pydantic import BaseModel
from tests.kernel.observe.conftest import Written
from tests.kernel.observe.corpus import Leak, corpus
from tests.kernel.observe.test_errorreport import ReceivingServer, provoke, sentry
from tests.kernel.observe.test_traces import Collector

from azora.context import Context
from azora.errors import ServiceError
from azora.observe.logs import get_logger
from azora.observe.traces import export_traces, finish_span, start_span

__all__ = ["sentry"]

LEAKS = corpus()


class Note(BaseModel):
    text: str


def leaked(text: str) -> list[Leak]:
    """What of the corpus is found in a text; four digits alone give nobody away."""
    return [
        leak for leak in LEAKS if (leak.core in text and len(leak.core) > 4) or leak.text in text
    ]


def test_logs_leak_nothing(written: Written, context: Context) -> None:
    log, library = get_logger("library"), logging.getLogger("kombu")
    for leak in LEAKS:
        log.info(
            leak.text, value=leak.text, nested={"inner": [leak.text]}, model=Note(text=leak.text)
        )
        library.warning("lost %s", leak.text)
        try:
            raise ValueError(leak.text)
        except ValueError as error:
            log.exception("failed", cause=error)
    assert len(written.lines) == 3 * len(LEAKS)
    assert leaked(written.text.replace("\\", "")) == []


def test_console_logs_leak_nothing(log_to_memory: Any) -> None:
    written = log_to_memory(log_format="console")
    for leak in LEAKS:
        get_logger("library").info("seen", value=leak.text)
    assert leaked(written.text) == []


def test_traces_leak_nothing() -> None:
    collector = Collector()
    export_traces(collector.exporter, 0.0)
    for leak in LEAKS:
        context = Context(None)  # type: ignore[arg-type]
        span = start_span(context, "library.search", "operation")
        finish_span(context, span, ServiceError(leak.text))
    exported = collector.memory.get_finished_spans()
    assert len(exported) == len(LEAKS)
    assert leaked("".join(span.to_json() for span in exported).replace("\\", "")) == []


@pytest.mark.usefixtures("context")
def test_error_reports_leak_nothing(sentry: ReceivingServer) -> None:
    from azora.observe.errorreport import stop_error_reports

    for leak in LEAKS[::8]:
        provoke(leak.text)
    stop_error_reports(timeout=10)
    assert len(sentry.events) == len(LEAKS[::8])
    assert leaked(json.dumps(sentry.events, ensure_ascii=False).replace("\\", "")) == []
