"""`azora events …`: what handlers gave up on, and giving it to them again."""

from typing import Annotated

import typer

from azora.cli.extending import ExtensibleGroup
from azora.cli.output import AsJson, DataDir, console, print_json, print_table
from azora.errors import Invalid

SHOWN = ("plugin", "handler", "type", "attempts", "error", "id")
"""What the terminal says of a parked event; `--json` says all, with its data and the stack."""

app = typer.Typer(
    cls=ExtensibleGroup, help="Events that need a human: parked, redriven.", no_args_is_help=True
)


@app.command()
def parked(
    plugin: Annotated[str | None, typer.Argument(help="Only this plugin's handlers.")] = None,
    data: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List the events that a handler failed on as often as it may."""
    from azora.cli.campus import campus

    with campus(data) as here:
        rows = here.parked(plugin)
    if as_json:
        print_json(rows)
    elif rows:
        print_table("Parked events", SHOWN, ([row[name] for name in SHOWN] for row in rows))
    else:
        console().print("Nothing is parked.")


@app.command()
def redrive(
    plugin: Annotated[str, typer.Argument(help="The plugin whose handler failed.")],
    ids: Annotated[list[str] | None, typer.Argument(help="Ids of parked events.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every parked event of the plugin.")] = False,
    data: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Give parked events to their handlers again."""
    from azora.cli.campus import campus

    if every == bool(ids):
        raise Invalid("Name the ids of parked events, or say --all.")
    with campus(data) as here:
        chosen = ids or [row["id"] for row in here.parked(plugin)]
        count = here.redrive(plugin, chosen) if chosen else 0
    print_json({"redriven": count}) if as_json else console().print(f"{count} given again.")
