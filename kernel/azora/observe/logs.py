"""Structured logs: one JSON line with OpenTelemetry's field names, or readable lines on a terminal.

Every line carries plugin, operation, trace and actor from the context, and passes the masking.
The standard library's `logging` (Nameko, kombu, Werkzeug) takes the same way.
"""

import json
import logging
import signal
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson
import structlog

from azora.context import current_or_none
from azora.observe.logfile import LogFile, open_log_file
from azora.observe.masking import mask, mask_text
from azora.observe.tracebacks import describe_exception

if TYPE_CHECKING:
    from azora.settings import CampusSettings

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}
QUIET_LIBRARIES = (
    "amqp",
    "boto3",
    "botocore",
    "kombu",
    "nameko",
    "opentelemetry",
    "urllib3",
    "werkzeug",
)
"""Heard from `warning` on, where the settings say nothing else."""

_SEVERITIES = {  # OpenTelemetry's SeverityText and SeverityNumber
    "debug": ("DEBUG", 5),
    "info": ("INFO", 9),
    "warning": ("WARN", 13),
    "error": ("ERROR", 17),
    "critical": ("FATAL", 21),
}

Values = dict[str, Any]


class Output:
    """Where lines go, and from which level on. One for the process."""

    def __init__(self) -> None:
        self.stream: BinaryIO | None = None
        self.default = LEVELS["info"]
        self.levels: dict[str, int] = {}
        self.resource = orjson.Fragment(b"{}")
        self.dropped = 0

    def write(self, line: bytes) -> None:
        """Write one line. A full disk or a closed pipe costs the line, never the work it tells of."""
        stream = self.stream or sys.stderr.buffer
        try:
            stream.write(line)
            stream.flush()
        except (OSError, ValueError):
            self.dropped += 1

    debug = info = warning = error = critical = write


class Logger(structlog.BoundLoggerBase):
    """Logs events by name with values: `log.info("resource_added", id=id)`."""

    def debug(self, event: str, **values: Any) -> None:
        """For whoever is looking for a fault."""
        self._log("debug", event, values)

    def info(self, event: str, **values: Any) -> None:
        """Something happened that people want to read about later."""
        self._log("info", event, values)

    def warning(self, event: str, **values: Any) -> None:
        """Something is not as it should be, and goes on nevertheless."""
        self._log("warning", event, values)

    def error(self, event: str, **values: Any) -> None:
        """Something failed."""
        self._log("error", event, values)

    def exception(self, event: str, **values: Any) -> None:
        """Something failed with the exception that is being handled."""
        values.setdefault("exc_info", True)
        self._log("error", event, values)

    def _log(self, level: str, event: str, values: Values) -> None:
        if LEVELS[level] >= _output.levels.get(self._context["logger"], _output.default):
            self._proxy_to_logger(level, event, **values)


def get_logger(name: str) -> Logger:
    """The logger of a plugin, or of a part of the kernel."""
    return Logger(_output, _pipeline, {"logger": name})  # type: ignore[arg-type]


def configure_logs(
    settings: "CampusSettings", resource: Mapping[str, str], stream: BinaryIO | None = None
) -> None:
    """Log as the settings say from now on; loggers that exist follow."""
    stream = stream or _kept_file(settings)
    out = stream or sys.stderr.buffer
    _output.stream = stream
    set_levels(settings)
    _output.resource = orjson.Fragment(orjson.dumps(dict(resource)))
    on_terminal = out.isatty() and not settings.in_production
    console = settings.log_format == "console" or (settings.log_format == "auto" and on_terminal)
    _pipeline[:] = [with_context, masked, to_console(colours=out.isatty()) if console else to_json]
    _take_over_logging(settings)


def _kept_file(settings: "CampusSettings") -> Any:
    """The log file of the settings, opened once in a process; logrotate may then send SIGHUP."""
    current: Any = _output.stream
    if isinstance(current, LogFile) and current.path == settings.log_file:
        return current
    file = open_log_file(settings)
    if file is not None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    return file


def set_levels(settings: "CampusSettings") -> None:
    """Hear as much as the settings say from now on."""
    _output.default = LEVELS[settings.log_level]
    _output.levels = {name: LEVELS[level] for name, level in settings.log_levels.items()}


def with_context(_logger: Any, _level: str, values: Values) -> Values:
    """Add what the kernel knows of the work in progress."""
    context = current_or_none()
    if context is not None:
        values["trace"] = (context.trace_id, context.span_id, context.sampled)
        if context.operation:
            values.setdefault("azora.operation", context.operation)
        if context.actor is not None:
            values.setdefault("user.id", context.actor.id)
        if context.cause:
            values.setdefault("azora.cause", context.cause)
    return values


_KEPT = frozenset(("trace", "logger", "event", "user.id", "azora.operation", "azora.cause"))


def masked(_logger: Any, _level: str, values: Values) -> Values:
    """Star secrets and personal data, and turn everything into JSON's types."""
    values["event"] = mask_text(str(values["event"]))
    error = values.pop("exc_info", None)
    for key, value in values.items():
        if key not in _KEPT:
            values[key] = mask(value, key)
    if error:
        values |= describe_exception(error)
    return values


def to_json(_logger: Any, level: str, values: Values) -> bytes:
    """The line as one JSON object in OpenTelemetry's log data model."""
    text, number = _SEVERITIES[level]
    record: Values = {
        "timestamp": datetime.now(UTC).isoformat(timespec="microseconds"),
        "severity_text": text,
        "severity_number": number,
        "body": values.pop("event"),
        "scope": values.pop("logger"),
    }
    if trace := values.pop("trace", None):
        record["trace_id"], record["span_id"], sampled = trace
        record["trace_flags"] = "01" if sampled else "00"
    record["resource"] = _output.resource
    record["attributes"] = values
    try:
        return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # a lone surrogate; the standard library escapes it
        record["resource"] = orjson.loads(orjson.dumps(_output.resource))
        return json.dumps(record).encode() + b"\n"


def to_console(*, colours: bool) -> Any:
    """A renderer for people: time, level, event, values; tracebacks below."""
    renderer = structlog.dev.ConsoleRenderer(colors=colours, pad_event_to=24)

    def render(logger: Any, level: str, values: Values) -> bytes:
        trace = values.pop("trace", None)
        stack = values.pop("exception.stacktrace", None)
        line: Values = {"timestamp": datetime.now().strftime("%H:%M:%S"), "level": level} | values
        if trace and LEVELS[level] >= LEVELS["warning"]:
            line["trace_id"] = trace[0]
        if stack:
            line["exception"] = stack
        return renderer(logger, level, line).encode("utf-8", "backslashreplace") + b"\n"

    return render


class IntoPipeline(logging.Handler):
    """Takes what libraries say through the standard library."""

    def emit(self, record: logging.LogRecord) -> None:
        level = record.levelname.lower()
        values: Values = {"exc_info": record.exc_info} if record.exc_info else {}
        try:
            message = record.getMessage()
        except (TypeError, ValueError):
            message = f"{record.msg} {record.args}"
        logger = Logger(_output, _pipeline, {"logger": record.name})  # type: ignore[arg-type]
        logger._proxy_to_logger(level if level in LEVELS else "info", message, **values)


def _take_over_logging(settings: "CampusSettings") -> None:
    root = logging.getLogger()
    root.handlers = [IntoPipeline()]
    root.setLevel(settings.log_level.upper())
    for name in QUIET_LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name, level in settings.log_levels.items():
        logging.getLogger(name).setLevel(level.upper())
    logging.captureWarnings(True)


_output = Output()
_pipeline: list[Any] = [with_context, masked, to_json]
