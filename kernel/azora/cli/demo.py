"""`azora demo`: the demo data of a new campus, taken out and put back."""

from typing import Annotated

import typer

from azora.cli.output import AsJson, DataDir, console, print_json

WHY = {"changed": "somebody changed it", "added_to": "something was added to it"}

app = typer.Typer(help="Take out the demo data, or put it back.", no_args_is_help=True)


@app.command()
def remove(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go and what would stay.")
    ] = False,
    data: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Take out the demo data that nobody changed or added to; the rest stays and is listed."""
    from azora.cli.campus import campus
    from azora.demo import REMOVE

    with campus(data) as here:
        found = [
            {"plugin": name, **here.call(f"{name}.{REMOVE}", {"dry_run": dry_run})}
            for name in _with_demo()
        ]
    if as_json:
        print_json(found)
        return
    out = console()
    would = "would go" if dry_run else "removed"
    for one in found:
        out.print(f"{one['plugin']}: {len(one['removed'])} {would}, {len(one['kept'])} stay")
        for kept in one["kept"]:
            out.print(f"  stays  {kept['name']}  [dim]({WHY[kept['why']]})[/]", soft_wrap=True)


@app.command()
def add(data: DataDir = None, as_json: AsJson = False) -> None:
    """Put in the demo data that is not there."""
    from azora.cli.campus import campus
    from azora.demo import ADD

    with campus(data) as here:
        found = [{"plugin": name, **here.call(f"{name}.{ADD}", {})} for name in _with_demo()]
    if as_json:
        print_json(found)
        return
    for one in found:
        console().print(f"{one['plugin']}: {len(one['added'])} added")


def _with_demo() -> list[str]:
    from azora.demo import REMOVE
    from azora.loader import load_registry

    registry = load_registry()
    return [name for name in sorted(registry.plugins) if registry.operation(f"{name}.{REMOVE}")]
