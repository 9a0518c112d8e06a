"""`azora audit …`: whether the chain of what administrators did is whole."""

import typer

from azora.cli.output import AsJson, DataDir, print_json, print_table

SHOWN = ("plugin", "entries", "head", "unsealed", "faults")

app = typer.Typer(help="What administrators did.", no_args_is_help=True)


@app.callback()
def audit() -> None:
    """What administrators did."""


@app.command()
def verify(data: DataDir = None, as_json: AsJson = False) -> None:
    """Follow each plugin's audit trail from its first entry to its last; fails where one is broken.

    Note the heads somewhere else: a trail that was cut off at its end is whole, but its head is another.
    """
    from azora.cli.campus import campus
    from azora.loader import load_registry

    with campus(data) as here:
        found = [
            {"plugin": name, **here.call(f"{name}.admin_verify_audit", {})}
            for name in load_registry().plugins
        ]
    if as_json:
        print_json({"plugins": found})
    else:
        rows = [{**one, "faults": "; ".join(one["faults"]) or "none"} for one in found]
        print_table("Audit trail", SHOWN, ([row[name] for name in SHOWN] for row in rows))
    if any(one["faults"] for one in found):
        raise typer.Exit(1)
