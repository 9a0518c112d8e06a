"""Error reports: what a Sentry server gets, and that nothing is sent or imported without a DSN."""

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import brotli
import pytest

from azora import __version__
from azora.actor import Actor
from azora.context import Context
from azora.observe.errorreport import configure_error_reports, report, stop_error_reports
from azora.settings import load_campus_settings

DECODERS = {"gzip": gzip.decompress, "br": brotli.decompress}
"""The SDK compresses with brotli where it is installed."""


class Receiver(BaseHTTPRequestHandler):
    """The ingest address of Sentry's protocol: takes envelopes."""

    server: "ReceivingServer"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        body = DECODERS.get(self.headers.get("Content-Encoding"), bytes)(body)
        self.server.envelopes.append((self.path, body))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Silence."""


class ReceivingServer(HTTPServer):
    envelopes: list[tuple[str, bytes]]

    @property
    def events(self) -> list[dict[str, Any]]:
        """The payloads of all envelopes: a header line, then pairs of item header and item."""
        found = []
        for _, body in self.envelopes:
            lines = body.splitlines()[1:]
            pairs = zip(lines[::2], lines[1::2], strict=False)
            found += [
                json.loads(item) for head, item in pairs if json.loads(head)["type"] == "event"
            ]
        return found


@pytest.fixture
def sentry() -> Iterator[ReceivingServer]:
    server = ReceivingServer(("127.0.0.1", 0), Receiver)
    server.envelopes = []
    Thread(target=server.serve_forever, daemon=True).start()
    settings = load_campus_settings(
        sentry_dsn=f"http://publickey@127.0.0.1:{server.server_port}/7", profile="production"
    )
    configure_error_reports(settings, "host:1")
    yield server
    stop_error_reports()
    server.shutdown()
    server.server_close()


def provoke(words: str, **local: Any) -> None:
    """Report an exception with these words, raised where these local variables are."""
    try:
        raise ValueError(words)
    except ValueError as error:
        report(error)


def test_a_report_has_release_environment_trace_operation_and_actor(
    sentry: ReceivingServer, context: Context
) -> None:
    context.span_id = "00f067aa0ba902b7"
    context.actor = Actor("user:7", frozenset(), 0.0)
    provoke("the shelf fell")
    stop_error_reports()
    (event,) = sentry.events
    assert sentry.envelopes[0][0] == "/api/7/envelope/"
    assert (event["release"], event["environment"]) == (f"azora@{__version__}", "production")
    assert event["contexts"]["trace"]["trace_id"] == context.trace_id
    assert event["transaction"] == "library.add_resource"
    assert event["tags"] == {"trace_id": context.trace_id, "plugin": "library", "campus": "campus"}
    assert event["user"] == {"id": "user:7"}
    (raised,) = event["exception"]["values"]
    assert (raised["type"], raised["value"]) == ("ValueError", "the shelf fell")
    assert raised["stacktrace"]["frames"][-1]["function"] == "provoke"


def test_a_report_is_masked_and_shows_no_local_variables(sentry: ReceivingServer) -> None:
    provoke("no mail for thandi@example.com, password=hunter2", secret="hunter2")
    stop_error_reports()
    text = json.dumps(sentry.events)
    assert "no mail for ***" in text
    assert "thandi@example.com" not in text and "hunter2" not in text


def test_a_server_that_is_away_costs_nothing(context: Context) -> None:
    settings = load_campus_settings(sentry_dsn="http://publickey@127.0.0.1:9/7")
    configure_error_reports(settings, "host:1")
    provoke("the shelf fell")
    stop_error_reports(timeout=0.1)


def test_without_a_dsn_nothing_is_sent_or_imported() -> None:
    program = """
import sys
from azora.observe.errorreport import configure_error_reports, report
from azora.settings import load_campus_settings
configure_error_reports(load_campus_settings(), "host:1")
report(ValueError())
sys.exit("sentry_sdk" in sys.modules or "opentelemetry" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
