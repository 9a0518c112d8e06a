"""`azora events tail` and `azora events show`."""

import json
import sys
from typing import Annotated, Any

import typer

from azora.cli.output import AsJson, DataDir, console, print_json

_WAIT = 5.0


def tail(
    type: Annotated[str, typer.Option(help="Only these types: `library.*`.")] = "",
    where: Annotated[str, typer.Option("--filter", help="A CESQL expression.")] = "",
    last: Annotated[
        int, typer.Option("--last", "-n", help="Begin with so many.", min=1, max=500)
    ] = 10,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as events come.")] = False,
    data: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Print the newest events of the log; with --follow each further one as it comes."""
    from azora.cli.campus import campus

    with campus(data) as here:
        only = {"type": type, "filter": where}
        asked: dict[str, Any] = {"limit": last, **only}
        while True:
            page = here.call("nexus.read_log", asked)
            for event in page["items"]:
                _print_line(event, as_json)
            if not follow:
                return
            asked = {"offset": page["next"], "limit": 500, "wait": _WAIT, **only}


def show(
    id: Annotated[str, typer.Argument(help="The id of an event.")],
    data: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Print one event with what it tells."""
    from azora.cli.campus import campus

    with campus(data) as here:
        event = here.call("nexus.read_event", {"id": id})
    if as_json:
        print_json(event)
        return
    for name, value in event.items():
        if name != "data" and value is not None:
            console().print(f"[bold]{name}[/] {value}")
    print_json(event["data"])


def _print_line(event: dict[str, Any], as_json: bool) -> None:
    """One event on one line: for programs as JSON lines."""
    if as_json:
        sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")
        sys.stdout.flush()
        return
    told = json.dumps(event["data"], ensure_ascii=False)
    console().print(f"{event['offset']:>8}  {event['time']}  ", end="", style="dim")
    console().print(f"[bold]{event['type']}[/]  ", end="")
    console().print(told, markup=False)
