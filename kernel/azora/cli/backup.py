"""`azora backup`: make, list and verify backups of a campus, whether it runs or not."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from azora.cli.output import AsJson, DataDir, console, print_json, print_table

if TYPE_CHECKING:
    from azora.backup.catalog import Backup
    from azora.backup.places import Place
    from azora.backup.settings import BackupSettings
    from azora.settings import CampusSettings

To = Annotated[
    str | None, typer.Option("--to", help="A folder or s3://bucket/prefix (AZORA_BACKUP_TO).")
]
From = Annotated[
    str | None, typer.Option("--from", help="A folder or s3://bucket/prefix (AZORA_BACKUP_TO).")
]
KeyFile = Annotated[
    Path | None, typer.Option("--key-file", help="An age identity (AZORA_BACKUP_KEY_FILE).")
]
Database = Annotated[str | None, typer.Option(help="postgresql://… (AZORA_DATABASE_URL).")]

app = typer.Typer(help="Back the campus up; list and verify backups.", invoke_without_command=True)


@app.callback()
def backup(
    context: typer.Context,
    to: To = None,
    plugin: Annotated[
        list[str] | None, typer.Option("--plugin", help="Only this plugin; may be repeated.")
    ] = None,
    key_file: KeyFile = None,
    data: DataDir = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Back the campus up: one moment of all databases, the files, keys and settings; encrypted."""
    if context.invoked_subcommand is not None:
        return
    from azora.backup.create import back_up
    from azora.loader import load_registry

    campus, settings, place = opened(to, key_file, data, database)
    with progress(as_json) as told:
        made = back_up(campus, load_registry(), settings, place, plugin or None, told)
    gone = _pruned(campus, settings, place) if made.whole else []
    if as_json:
        print_json({**made.as_json(), "place": place.address, "pruned": gone})
        return
    _report(made, place, gone)


def _pruned(campus: "CampusSettings", settings: "BackupSettings", place: "Place") -> list[str]:
    """What became too old and was removed; nothing while another backup runs, which will see to it."""
    from azora.backup.folder import one_at_a_time
    from azora.backup.retention import prune
    from azora.errors import Conflict

    try:
        with one_at_a_time(campus.data_dir):
            return prune(place, settings)
    except Conflict:
        return []


@app.command("list")
def list_backups(place_: From = None, data: DataDir = None, as_json: AsJson = False) -> None:
    """List the complete backups of a place, the oldest first."""
    from azora.backup.catalog import backups_at

    _, _, place = opened(place_, None, data)
    found = backups_at(place)
    if as_json:
        print_json([each.as_json() for each in found])
    elif found:
        columns = ["id", "made (UTC)", "Azora", "holds", "rows", "files", "size"]
        print_table(f"Backups at {place.address}", columns, map(_row, found))
    else:
        console().print(f"There are no backups at {place.address}.", markup=False)


@app.command()
def verify(
    id: Annotated[str | None, typer.Argument(help="The backup; else the newest.")] = None,
    place_: From = None,
    sealed: Annotated[
        bool, typer.Option("--sealed", help="Without a key: digests, and that each file is there.")
    ] = False,
    key_file: KeyFile = None,
    data: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Open a backup as a restore would, and compare every database and file with what was written."""
    from azora.backup.catalog import chosen
    from azora.backup.keys import Secrets, private_key
    from azora.backup.reading import verify_opened, verify_sealed

    campus, settings, place = opened(place_, key_file, data)
    found = chosen(place, id)
    with progress(as_json, files=found.blobs) as told:
        verify_sealed(place, found)
        if not sealed:
            campus.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            identity = private_key(place, Secrets.given(settings))
            verify_opened(place, found, identity, campus.data_dir, told)
    if as_json:
        print_json({**found.as_json(), "verified": "sealed" if sealed else "opened"})
        return
    how = (
        "its parts are all there, unchanged" if sealed else "it opens, and all of it is as written"
    )
    console().print(f"[bold green]✓[/] {found.id}: {how}.")


def opened(
    address: str | None, key_file: Path | None, data: str | None, database: str | None = None
) -> tuple["CampusSettings", "BackupSettings", "Place"]:
    """The settings of campus and backups with what the command line gave, and the place they name."""
    from azora.backup.places import open_place
    from azora.cli.campus import settings_as_started
    from azora.errors import Invalid
    from azora.settings import load_section

    campus = settings_as_started(data, database_url=database)
    given = {"to": address, "key_file": key_file}
    section: Any = load_section("backup", campus)
    settings = section.model_copy(update={k: v for k, v in given.items() if v is not None})
    if settings.to is None:
        raise Invalid(
            "Where do backups go? Give a folder or s3://… with --to or --from, or set "
            "AZORA_BACKUP_TO."
        )
    return campus, settings, open_place(settings.to, settings)


@contextmanager
def progress(quiet: bool, files: int | None = None) -> Iterator[Any]:
    """A bar for each step, where somebody looks: `told(step, how many more)`."""
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn())
    counted = TextColumn("{task.fields[amount]}")
    out = console(error=True)
    with Progress(*columns, counted, console=out, disable=quiet or not out.is_terminal) as shown:
        tasks: dict[str, Any] = {}

        def told(step: str, count: int) -> None:
            if step not in tasks:
                total = files if step == "Files" else None
                tasks[step] = shown.add_task(step, total=total, amount="")
            shown.advance(tasks[step], count)
            done = shown.tasks[tasks[step]].completed
            amount = f"{done:,.0f}" if step == "Files" else size(int(done))
            shown.update(tasks[step], amount=amount)

        yield told


def size(count: int) -> str:
    """Bytes as people read them."""
    value = float(count)
    for unit in ("B", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def _report(made: "Backup", place: "Place", gone: list[str]) -> None:
    out = console()
    out.print(f"[bold green]✓[/] {made.id} is at {place.address}")
    files = f"{made.blobs:,} files, {made.new_blobs:,} of them new"
    out.print(f"  {', '.join(made.plugins)}: {made.rows:,} rows, {files}; {size(made.size)}")
    if made.damaged_blobs:
        out.print(f"  [red]{made.damaged_blobs} files are damaged here and are not in it.[/]")
    if made.queued_events:
        out.print(
            f"  [red]{made.queued_events} events waited in the broker's queues and are not in it: "
            "nobody handles them, or not fast enough.[/]"
        )
    if gone:
        out.print(f"  removed as too old: {', '.join(gone)}")


def _row(found: "Backup") -> list[str]:
    holds = "campus" if found.whole else ", ".join(found.plugins)
    when = f"{found.moment:%Y-%m-%d %H:%M}"
    return [
        found.id, when, found.azora, holds, f"{found.rows:,}", f"{found.blobs:,}", size(found.size)
    ]  # fmt: skip
