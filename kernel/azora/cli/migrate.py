"""`azora migrate`: bring the databases to what the installed plugins expect, without starting them."""

from typing import Annotated

import typer

from azora.cli.output import AsJson, DataDir, console, print_json


def migrate(
    plugins: Annotated[list[str] | None, typer.Argument(help="Only these plugins.")] = None,
    data: DataDir = None,
    database: Annotated[
        str | None, typer.Option(help="postgresql://… (AZORA_DATABASE_URL).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run pending migrations. Several may start this at once: each step runs once."""
    from azora.campus import open_runtime, prepare_campus
    from azora.cli.campus import campus_settings, locked
    from azora.loader import load_registry
    from azora.processes.upgrade import upgrade

    settings = campus_settings(data, database_url=database).model_copy(update={"broker_url": None})
    registry = load_registry()
    with locked(settings):
        prepare_campus(settings, registry)
        runtime = open_runtime(settings, registry, plugins or None)
        done = upgrade(runtime)
        runtime.stop()
    if as_json:
        print_json(done)
    for name, applied in done.items() if not as_json else ():
        console().print(f"{name}: {', '.join(applied) or 'up to date'}")
    if refused := {
        name: registry.refused[name] for name in plugins or () if name in registry.refused
    }:
        from azora.errors import PluginError

        raise PluginError("; ".join(f"{name}: {reason}" for name, reason in refused.items()))
