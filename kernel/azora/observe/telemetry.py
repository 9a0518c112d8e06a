"""Switches on what a process tells of itself: logs, traces, error reports, uncaught exceptions."""

import os
import socket
import sys
import threading
from typing import Any

from azora import __version__
from azora.extras import needs_extra
from azora.observe.errorreport import configure_error_reports, report, stop_error_reports
from azora.observe.logs import configure_logs, get_logger
from azora.observe.traces import export_traces
from azora.settings import CampusSettings


def start_telemetry(settings: CampusSettings, role: str = "campus") -> None:
    """Begin to tell; called once in each process, after forking. `role` names the process."""
    resource = resource_of(settings, role)
    configure_logs(settings, resource)
    configure_error_reports(settings, resource["service.instance.id"])
    if settings.otlp_endpoint:
        with needs_extra("telemetry", "AZORA_OTLP_ENDPOINT"):
            from azora.observe.traceexport import open_exporter

        exporter = open_exporter(settings, resource)
        export_traces(exporter, settings.trace_sample)
        _stops.append(exporter.stop)
    catch_uncaught()


def stop_telemetry() -> None:
    """Send what is waiting; called last in each process."""
    export_traces(None)
    while _stops:
        _stops.pop()()
    stop_error_reports()


def resource_of(settings: CampusSettings, role: str) -> dict[str, str]:
    """What all telemetry of this process has in common, under OpenTelemetry's names."""
    return {
        "service.name": f"azora-{role}",
        "service.namespace": settings.campus_id,
        "service.version": __version__,
        "service.instance.id": f"{socket.gethostname()}:{os.getpid()}",
        "deployment.environment.name": settings.profile,
    }


_stops: list[Any] = []


def catch_uncaught() -> None:
    """Log and report what nobody caught: in the main thread, in threads and in greenlets."""
    log = get_logger("kernel")

    def uncaught(kind: type[BaseException], error: BaseException | None, trace: Any) -> None:
        if error is None or issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error or kind(), trace)
            return
        log.error("uncaught_exception", exc_info=(kind, error, trace))
        report(error)

    sys.excepthook = uncaught
    threading.excepthook = lambda args: uncaught(args.exc_type, args.exc_value, args.exc_traceback)
    if "eventlet" in sys.modules:
        from eventlet import hubs

        hubs.get_hub().squelch_timer_exception = lambda _timer, info: uncaught(*info)
