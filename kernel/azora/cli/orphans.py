"""`azora orphans`: ids of other plugins that name nothing any more."""

from typing import Annotated, Any

import typer

from azora.cli.output import AsJson, DataDir, console, print_json


def orphans(
    plugins: Annotated[list[str] | None, typer.Argument(help="Only these plugins.")] = None,
    data: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Ask now, as a job does each night, whether what plugins name of one another still exists."""
    from azora.cli.campus import campus
    from azora.loader import load_registry
    from azora.references import references_of

    registry = load_registry()
    names = [name for name, one in registry.plugins.items() if any(references_of(one.plugin))]
    with campus(data) as here:
        found = [
            column
            for name in plugins or names
            for column in here.call(f"{name}.check_references", {})["columns"]
        ]
    if as_json:
        print_json(found)
        return
    for column in found:
        console().print(_words(column))


def _words(column: dict[str, Any]) -> str:
    """One column in a line: how many ids it holds, and those that name nothing."""
    if column["unchecked"]:
        return f"{column['column']}: not checked, {column['unchecked']}"
    line = f"{column['column']}: {column['checked']} ids of {column['names']}"
    if not column["missing"]:
        return f"{line}, all known"
    cleared = f", {column['cleared']} cleared" if column["cleared"] else ""
    shown = " ".join(column["orphans"])
    return f"{line}, [red]{column['missing']} unknown[/]{cleared}: {shown}"
