"""What is installed, said: `azora describe`, `azora contracts`, `azora openapi`, `azora asyncapi`."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from azora.cli.output import AsJson, console, print_json

Name = Annotated[str | None, typer.Argument(help="The plugin's name.")]


def describe(
    name: Name = None,
    every: Annotated[Path | None, typer.Option("--all", help="Write all into this folder.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print a plugin's AzoraPlugin manifest, or write everybody's as `<folder>/<plugin>.yaml`."""
    import yaml

    from azora.errors import NotFound
    from azora.loader import load_registry
    from azora.manifest import manifest_of

    registry = load_registry()
    if every is not None:
        every.mkdir(parents=True, exist_ok=True)
        for loaded in registry.plugins.values():
            path = every / f"{loaded.name}.yaml"
            path.write_text(yaml.safe_dump(manifest_of(loaded), sort_keys=False))
            console().print(f"{path}")
        return
    if name not in registry.plugins:
        reason = registry.refused.get(name or "", "is not installed")
        raise NotFound(f"{name or 'the plugin (give its name)'}: {reason}")
    manifest = manifest_of(registry.plugins[name])
    if as_json:
        print_json(manifest)
    else:
        sys.stdout.write(yaml.safe_dump(manifest, sort_keys=False))


def contracts() -> None:
    """Print every operation's and event's JSON Schemas: what releases are compared by."""
    from azora.loader import load_registry
    from azora.publication import published

    print_json(published(load_registry()))


def openapi() -> None:
    """Print the OpenAPI 3.1 document of all installed plugins."""
    from tempfile import TemporaryDirectory

    from azora.campus import open_runtime, prepare_campus
    from azora.cli.campus import campus_settings
    from azora.http.gateway import Gateway
    from azora.http.openapi import describe_api
    from azora.loader import load_registry

    registry = load_registry()
    with TemporaryDirectory(prefix="azora-") as nowhere:
        settings = campus_settings(nowhere).model_copy(
            update={"broker_url": None, "database_url": None}
        )
        prepare_campus(settings, registry)
        print_json(describe_api(Gateway(open_runtime(settings, registry))))


def asyncapi() -> None:
    """Print the AsyncAPI 3.0 document of every event of the installed plugins."""
    from azora.events.asyncapi import asyncapi_json
    from azora.loader import load_registry

    sys.stdout.write(asyncapi_json(load_registry()))


def print_plugin(description: dict[str, Any]) -> None:
    """One plugin of the map, for people."""
    from rich.markup import escape

    out = console()
    out.print(
        f"[bold]{description['name']}[/] {description['version']} – {escape(description['summary'])}"
    )
    for operation in description["operations"]:
        right = operation["permission"] or "public"
        out.print(f"  {operation['name']:<32} {operation['route'] or 'RPC only'}  [dim]{right}[/]")
    for event in description["events"]:
        out.print(f"  [green]publishes[/] {event}")
    for handler in description["listens"]:
        out.print(f"  [cyan]listens[/]   {handler['event']} → {handler['by']}")
    for needed, need in description["needs"].items():
        state = (
            ""
            if need["offered"]
            else " (optional, absent)"
            if need["optional"]
            else " [red]absent[/]"
        )
        out.print(f"  [yellow]needs[/]     {needed}: {', '.join(need['operations'])}{state}")
    out.print()
