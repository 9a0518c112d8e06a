"""`azora library …`: what librarians do on the command line."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from azora.cli.output import AsJson, DataDir, console, print_json
from azora.errors import Invalid

if TYPE_CHECKING:
    from azora.cli.campus import Campus
    from azora_library.exchange.ahead import Job
    from azora_library.exchange.importing import Account, Send

FORMATS = (
    "MARC 21 (.mrc), MARCXML, Dublin Core, DataCite JSON, CSL-JSON, RIS, BibTeX or CSV; "
    "its format is recognised"
)
SHOWN = 50
"""Refused records that the terminal lists; `--json` lists more."""


def register(cli: typer.Typer) -> None:
    from azora_library.harvest.commands import harvest_repository

    cli.command("import")(import_catalogue)
    cli.command("harvest")(harvest_repository)


def import_catalogue(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help=f"A catalogue: {FORMATS}.")
    ],
    source: Annotated[
        str,
        typer.Option(
            help="The catalogue's name; importing under it again updates. Default: the file's name."
        ),
    ] = "",
    encoding: Annotated[str, typer.Option(help="The file's encoding, where it does not say.")] = "",
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            help="Of a table: what a column holds, as `Heading=field` (`-` is nothing). Repeat it; "
            "the other columns are guessed, or as you said before."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen; change nothing.")
    ] = False,
    as_json: AsJson = False,
    data: DataDir = None,
) -> int:
    """Import a catalogue; running it again makes no duplicates.

    Exits with 0 when every record is in, and with 1 when some were refused.
    """
    from azora.cli.campus import campus
    from azora_library.exchange.ahead import Job
    from azora_library.exchange.formats import format_of
    from azora_library.exchange.importing import Account
    from azora_library.imports.reading import TABLE, as_fields
    from azora_library.imports.service import named

    _check_encoding(encoding)
    account = Account()
    name = source or named(file.name)
    with file.open("rb") as stream, campus(data) as here, ThreadPoolExecutor(1) as sending:
        job = Job(str(file), format_of(stream).name, encoding or None)
        if job.format == TABLE:
            chosen, several = _mapping(here, stream, job.encoding, mapping or [], quiet=as_json)
            job = job._replace(mapping=as_fields(chosen), several=several)
        run = None if dry_run else _begun(here, name, job.format, file.name)

        def call(records: list[dict[str, Any]]) -> Any:
            request = {"source": name, "records": records, "dry_run": dry_run, "run": run}
            return here.call("library.import_records", request)["outcomes"]

        def send(records: list[dict[str, Any]]) -> Any:
            sent = sending.submit(call, records)
            time.sleep(0)  # it sets out before the next records are read
            return sent.result

        _run(job, send, account, file.stat().st_size, quiet=as_json)
        if run:
            here.call("library.finish_import", {"id": run})
    _report(account, job.format, name, dry_run, as_json)
    return 1 if account.refused else 0


def _begun(here: "Campus", source: str, format: str, name: str) -> str:
    """The import that the records belong to: pages show it, and it can be taken back as a whole."""
    said = {"source": source, "format": format, "name": name}
    return str(here.call("library.begin_import", said)["id"])


def _mapping(
    here: "Campus", stream: Any, encoding: str | None, given: list[str], *, quiet: bool
) -> tuple[dict[str, str], dict[str, bool]]:
    """What the columns of a table hold: as it was said, as somebody said before, or guessed; and which
    columns this campus has of its own, with whether a cell of them holds several values."""
    from rich.markup import escape

    from azora_library.exchange import table
    from azora_library.imports.reading import check_mapping

    columns = table.columns_of(stream, encoding)
    told = here.call("library.find_mapping", {"columns": columns})
    chosen: dict[str, str] = told["mapping"]
    for said in given:
        heading, _, field = said.rpartition("=")
        if heading not in columns:
            raise Invalid(f"No column is called {heading!r}; there are {', '.join(columns)}.")
        chosen[heading] = field
    if not quiet:
        err = console(error=True)
        for heading in columns:
            err.print(f"[bold]{escape(heading)}[/] → {escape(chosen[heading])}")
    check_mapping(chosen, told["own"])
    return chosen, told["own"]


def _run(job: "Job", send: "Send", account: "Account", size: int, *, quiet: bool) -> None:
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    from azora_library.exchange.ahead import read_ahead
    from azora_library.exchange.importing import send_all

    columns = (
        TextColumn(f"{job.format} [progress.description]{{task.description}}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console(error=True), disable=quiet) as progress:
        task = progress.add_task("", total=size)
        for position in send_all(read_ahead(job), send, account):
            progress.update(task, completed=position, description=f"{account.records:,} records")


def _report(
    account: "Account", format_name: str, source: str, dry_run: bool, as_json: bool
) -> None:
    outcomes = {name: account.counts[name] for name in ("added", "updated", "unchanged", "refused")}
    if as_json:
        refused = [
            {"record": one.number, "key": one.key, "reason": one.reason} for one in account.refused
        ]
        print_json(
            {
                "format": format_name,
                "source": source,
                "dry_run": dry_run,
                "records": account.records,
            }
            | outcomes
            | {"refusals": refused}
        )
        return
    from rich.markup import escape

    from azora_library.exchange.importing import MOST_REPORTED

    out = console()
    for one in account.refused[:SHOWN]:
        key = f" [bold]{escape(one.key)}[/]" if one.key else ""
        out.print(f"[red]✗[/] record {one.number}{key}: {escape(one.reason)}")
    if (more := account.counts["refused"] - SHOWN) > 0:
        out.print(f"… and {more:,} more; --json lists the first {MOST_REPORTED:,}")
    would = " (dry run: nothing was changed)" if dry_run else ""
    counted = ", ".join(f"{count:,} {name}" for name, count in outcomes.items())
    out.print(f"{account.records:,} records of {escape(source)}: {counted}{would}")


def _check_encoding(encoding: str) -> None:
    try:
        "".encode(encoding or "utf-8")
    except LookupError:
        raise Invalid(f"{encoding!r} is no encoding; utf-8, latin-1 and cp1251 are.") from None
