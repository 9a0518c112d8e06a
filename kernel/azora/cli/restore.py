"""`azora restore`: bring a campus back from a backup, or move it to another database."""

from typing import TYPE_CHECKING, Annotated

import typer

from azora.cli.backup import Database, From, KeyFile
from azora.cli.output import AsJson, DataDir, console, print_json

if TYPE_CHECKING:
    from azora.backup.restore import Restored


def restore(
    id: Annotated[str | None, typer.Argument(help="The backup; else the newest.")] = None,
    place_: From = None,
    plugin: Annotated[
        str | None, typer.Option("--plugin", help="Only this plugin; the others stay.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Set aside what is here, and put the backup there.")
    ] = False,
    key_file: KeyFile = None,
    data: DataDir = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Bring back a backup; with --database the rows of SQLite files move to PostgreSQL."""
    from azora.backup.catalog import chosen
    from azora.backup.keys import Secrets
    from azora.backup.restore import restore as bring_back
    from azora.cli.backup import opened, progress
    from azora.cli.campus import locked
    from azora.loader import load_registry

    campus, settings, place = opened(place_, key_file, data, database)
    files = chosen(place, id).blobs
    with locked(campus, always=True), progress(as_json, files=files) as told:
        secrets = Secrets.given(settings)
        registry = load_registry()
        done = bring_back(
            campus, registry, place, secrets, id=id, plugin=plugin, replace=replace, told=told
        )
    if as_json:
        facts = {"plugins": done.plugins, "left_out": done.left_out, "set_aside": done.aside}
        print_json({**done.backup.as_json(), **facts})
    else:
        _report(done, str(campus.data_dir))


def _report(done: "Restored", data_dir: str) -> None:
    out = console()
    rows = ", ".join(f"{name} {count:,}" for name, count in done.plugins.items())
    out.print(
        f"[bold green]✓[/] {data_dir} is as it was at {done.backup.moment:%Y-%m-%d %H:%M} UTC"
    )
    out.print(f"  rows: {rows}; {done.backup.blobs:,} files")
    for name, tables in done.left_out.items():
        out.print(f"  [yellow]left out[/] of {name}: {', '.join(tables)}")
    if done.aside:
        out.print(
            f"  What was here is set aside in {done.aside}; delete it when you no longer need it."
        )
