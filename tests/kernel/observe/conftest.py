"""Telemetry of the test's own: what is configured here is put back afterwards."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from azora.context import Context, enter, leave
from azora.observe import logs, traces
from azora.settings import load_campus_settings

RESOURCE = {"service.name": "azora-test", "service.version": "0"}


class Written:
    """What was logged."""

    def __init__(self, stream: io.BytesIO) -> None:
        self.stream = stream

    @property
    def text(self) -> str:
        return self.stream.getvalue().decode()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def log_to_memory() -> Iterator[Callable[..., Written]]:
    """`log_to_memory(log_level="debug", …)`: configure logging; what was there before comes back."""
    root = logging.getLogger()
    output, pipeline = dict(vars(logs._output)), list(logs._pipeline)
    handlers, level = list(root.handlers), root.level

    def configure(**given: Any) -> Written:
        settings = load_campus_settings(**{"log_format": "json", **given})
        stream = io.BytesIO()
        logs.configure_logs(settings, RESOURCE, stream)
        return Written(stream)

    yield configure
    vars(logs._output).update(output)
    logs._pipeline[:] = pipeline
    root.handlers, root.level = handlers, level
    logging.captureWarnings(False)


@pytest.fixture
def written(log_to_memory: Callable[..., Written]) -> Written:
    return log_to_memory()


@pytest.fixture
def context() -> Iterator[Context]:
    """The context of a call in progress."""
    context = Context(None)  # type: ignore[arg-type]
    context.operation = "library.add_resource"
    token = enter(context)
    yield context
    leave(token)


@pytest.fixture(autouse=True)
def no_exporter_stays() -> Iterator[None]:
    yield
    traces.export_traces(None)
