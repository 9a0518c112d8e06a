"""`azora library harvest`: take in what a repository tells, and follow it until it rests."""

import re
import time
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from azora.cli.output import AsJson, DataDir, console, print_json

if TYPE_CHECKING:
    from azora.cli.campus import Campus

LOOK_EVERY = 0.5


def harvest_repository(
    address: Annotated[str, typer.Argument(help="Its base URL for OAI-PMH.")],
    source: Annotated[
        str, typer.Option(help="The name of its catalogue here. Default: its machine's name.")
    ] = "",
    prefix: Annotated[str, typer.Option(help="oai_dc, marcxml or marc21.")] = "oai_dc",
    subset: Annotated[str, typer.Option("--set", help="One set (setSpec) alone.")] = "",
    since: Annotated[
        str, typer.Option("--from", help="A day. Default: what is new since last time.")
    ] = "",
    until: Annotated[str, typer.Option(help="A day.")] = "",
    anew: Annotated[bool, typer.Option("--anew", help="Begin with the first record.")] = False,
    daily: Annotated[bool, typer.Option("--daily", help="Look again every night.")] = False,
    as_json: AsJson = False,
    data: DataDir = None,
) -> int:
    """Harvest a repository by OAI-PMH. Stopped midway, it goes on where it was.

    Exits with 0 when all of it is here, and with 1 when it failed or records were refused.
    """
    from azora.cli.campus import campus

    name = source or re.sub(r"[^A-Za-z0-9._-]+", "-", urlsplit(address).hostname or "repository")
    said = {"address": address, "source": name, "prefix": prefix, "daily": daily}
    with campus(data) as here:
        made = here.call("library.add_harvest", said | ({"subset": subset} if subset else {}))
        if made["state"] != "running":
            asked = {"since": since, "until": until}
            given = {key: value for key, value in asked.items() if value}
            here.call("library.start_harvest", {"id": made["id"], "anew": anew, **given})
        done = _followed(here, made["id"], quiet=as_json)
    _report(done, as_json)
    return 1 if done["state"] == "failed" or done["refused"] else 0


def _followed(here: "Campus", id: str, *, quiet: bool) -> dict[str, Any]:
    with console(error=True).status("…") as status:
        while True:
            found: dict[str, Any] = here.call("library.read_harvest", {"id": id})
            if found["state"] != "running":
                return found
            if not quiet:
                waits = f", waits until {found['wait_until']}" if found["wait_until"] else ""
                status.update(f"{found['records']:,} records{waits}")
            time.sleep(LOOK_EVERY)


def _report(done: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(done)
        return
    out = console()
    if done["problem"]:
        out.print(f"[red]✗[/] {done['problem']}", markup=True)
    names = ("added", "updated", "unchanged", "deleted", "refused")
    counted = ", ".join(f"{done[name]:,} {name}" for name in names)
    out.print(f"{done['records']:,} records of {done['source']}: {counted}")
