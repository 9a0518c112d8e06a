"""`azora doctor`: where each setting came from, what is wrong, and what to do about it."""

from typing import Annotated

import typer

from azora.cli.output import AsJson, DataDir, console, print_json

_MARKS = {
    "ok": "[green]✓[/]",
    "note": "[dim]·[/]",
    "warning": "[yellow]![/]",
    "problem": "[red]✗[/]",
}


def doctor(
    data: DataDir = None,
    every: Annotated[
        bool, typer.Option("--all", help="Show settings left at their default.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Look at settings, plugins, data and what is reached over the network; exit code 1 for a problem."""
    from rich.markup import escape

    from azora.cli.campus import campus_settings
    from azora.doctor import findings, healthy
    from azora.loader import load_registry

    found = findings(campus_settings(data), load_registry())
    if as_json:
        print_json([finding.as_dict() for finding in found])
        return 0 if healthy(found) else 1
    out, area = console(), ""
    for finding in found:
        if finding.source == "default" and finding.severity == "ok" and not every:
            continue
        if finding.area != area:
            area = finding.area
            out.print(f"\n[bold]{area}[/]")
        source = f"  [dim]{escape(finding.source)}[/]" if finding.source else ""
        out.print(
            f"{_MARKS[finding.severity]} {escape(finding.name)}  {escape(finding.detail)}{source}"
        )
        if finding.advice:
            out.print(f"    {escape(finding.advice)}")
    return 0 if healthy(found) else 1
