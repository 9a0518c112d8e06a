"""Twenty heavy plugins, a process each: imported once, frozen and forked, or each a Python of its own.

`python -m benchmarks.heavy_campus forked|alone DATA_DIR BROKER [NUMBER]`
"""

from azora import command  # noqa: F401 – patches first, as the `azora` command does

# isort: split

import sys
from pathlib import Path

import boto3
import opentelemetry.exporter.otlp.proto.http.trace_exporter
import opentelemetry.sdk.trace  # noqa: F401
import sentry_sdk  # noqa: F401

from azora.campus import prepare_campus
from azora.cli.campus import control_path
from azora.loader import load_registry
from azora.processes.front import socket_path
from azora.processes.serving import ServingProcess
from azora.processes.supervisor import Supervisor
from azora.processes.upgrade import upgrade
from azora.registry import Registry
from azora.settings import CampusSettings, load_campus_settings
from benchmarks.plugins import module_of, trivial

PLUGINS = 20
OBJECTS = boto3.client("s3", region_name="none", aws_access_key_id="x", aws_secret_access_key="x")


def registry() -> Registry:
    return load_registry([module_of(trivial(number)) for number in range(PLUGINS)], installed=False)


def forked(settings: CampusSettings) -> None:
    """As `azora up --processes` does it; says `ready` when every process answers."""
    Supervisor(settings, demo=False, announce=lambda *_: _say_ready(), registry=registry()).run()


def alone(settings: CampusSettings, number: str) -> None:
    """One plugin of the campus in an interpreter of its own, as `azora run` does it."""
    name = f"trivial_{int(number):02}"
    known = registry()
    prepare_campus(settings, known)
    (settings.data_dir / "run").mkdir(exist_ok=True, mode=0o700)
    address = f"unix:{socket_path(settings.data_dir, name)}"
    control = control_path(settings.data_dir, name)
    process = ServingProcess(settings, known, [name], address, control)
    upgrade(process.runtime)
    process.start(demo=False)
    _say_ready()
    process.serve()


def _say_ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


def main(way: str, data: str, broker: str, *number: str) -> None:
    settings = load_campus_settings(data_dir=Path(data), port=0, broker_url=broker)
    {"forked": forked, "alone": alone}[way](settings, *number)


main(*sys.argv[1:])
