"""`azora events replay`: start one, and watch it to its end."""

import time
from typing import Annotated, Any

import typer

from azora.cli.output import AsJson, DataDir, console, print_json

_OVER = ("done", "cancelled", "failed")
_LOOK = 0.3


def replay(
    handler: Annotated[
        str, typer.Argument(help="PLUGIN.HANDLER, or PLUGIN for all of its handlers.")
    ],
    since: Annotated[str | None, typer.Option(help="Not before this moment (ISO 8601).")] = None,
    until: Annotated[str | None, typer.Option(help="Before this moment.")] = None,
    since_offset: Annotated[int | None, typer.Option(min=0, help="The first offset.")] = None,
    until_offset: Annotated[
        int | None, typer.Option(min=0, help="The first offset left out.")
    ] = None,
    where: Annotated[str, typer.Option("--filter", help="A CESQL expression.")] = "",
    pace: Annotated[float, typer.Option(min=0, help="0 full speed, 1 as it was.")] = 0,
    again: Annotated[bool, typer.Option("--again", help="Also what it had already.")] = False,
    hold: Annotated[bool, typer.Option("--hold", help="Let what is told meanwhile wait.")] = False,
    wait: Annotated[bool, typer.Option(help="Stay until it is done.")] = True,
    data: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Give a stretch of the log to one handler; the others see nothing of it."""
    from azora.cli.campus import campus

    plugin, _, one = handler.partition(".")
    asked = {
        "plugin": plugin, "since": since, "until": until, "since_offset": since_offset,
        "until_offset": until_offset, "filter": where, "pace": pace, "again": again, "hold": hold,
    }  # fmt: skip
    with campus(data) as here:
        known = here.call("nexus.list_handlers", {"plugin": plugin})["items"]
        names = [one] if one else [found["handler"] for found in known]
        begun = [here.call("nexus.start_replay", {**asked, "handler": name}) for name in names]
        shown = [_watched(here, each, quiet=as_json) if wait else each for each in begun]
    if as_json:
        print_json(shown)
    for each in () if as_json else shown:
        console().print(
            f"{each['plugin']}.{each['handler']}: {each['state']}, {each['given']} given"
        )
    if any(each["state"] == "failed" for each in shown):
        raise typer.Exit(1)


def _watched(here: Any, replay: dict[str, Any], *, quiet: bool) -> dict[str, Any]:
    """The replay at its end, with a bar meanwhile."""
    from rich.progress import Progress

    with Progress(console=console(error=True), disable=quiet) as progress:
        task = progress.add_task(f"{replay['plugin']}.{replay['handler']}", total=replay["total"])
        while replay["state"] not in _OVER:
            time.sleep(_LOOK)
            replay = here.call("nexus.read_replay", {"id": replay["id"]})
            progress.update(task, completed=replay["passed"])
    return replay
