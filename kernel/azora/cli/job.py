"""`azora job`: one job of a plugin, run once for its due time; what a CronJob of the cluster starts."""

import time
from typing import Annotated

import typer

from azora.cli.output import AsJson, DataDir, console, print_json


def job(
    name: Annotated[str, typer.Argument(metavar="PLUGIN.OPERATION")],
    data: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Run a job that is due now, unless that was done or is being done; set AZORA_JOBS=elsewhere too."""
    from azora.campus import open_runtime, prepare_campus
    from azora.cli.campus import await_broker, campus_settings, locked
    from azora.errors import ServiceError
    from azora.jobs import DONE, LEFT
    from azora.loader import load_registry
    from azora.processes.upgrade import awaited_migrations

    settings, registry = campus_settings(data), load_registry()
    with locked(settings):
        prepare_campus(settings, registry)
        plugin = name.partition(".")[0]
        runtime = open_runtime(settings, registry, [plugin], keeper=False, aside=True)
        if awaited := awaited_migrations(runtime):
            raise ServiceError("; ".join(awaited.values()), code="job_failed")
        runtime.start(aside=True)
        try:
            await_broker(runtime)
            became = runtime.jobs.run_one(name, time.time())
        finally:
            runtime.stop(settings.shutdown_grace)
    if became not in (DONE, LEFT):
        raise ServiceError(f"{name} failed: {became}", code="job_failed")
    if as_json:
        print_json({"job": name, "outcome": became})
    elif became == DONE:
        console().print(f"[bold green]✓[/] {name} is done.")
    else:
        console().print(f"{name} was left: it is done for this time, or somebody is at it.")
