"""`azora settings`: every setting there is, its value here and where that came from."""

from typing import Annotated

import typer

from azora.cli.output import AsJson, DataDir, print_json, print_table


def settings(
    data: DataDir = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Write the reference, docs/settings.md.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List every setting with its value and source; secrets are stars."""
    from azora.cli.campus import campus_settings
    from azora.doctor import settings_findings
    from azora.loader import load_registry

    registry = load_registry()
    if markdown:
        from azora.settings.reference import reference_markdown

        typer.echo(reference_markdown(registry), nl=False)
        return
    found = settings_findings(campus_settings(data), registry)
    if as_json:
        print_json([{"name": one.name, "value": one.detail, "source": one.source} for one in found])
        return
    rows = ((one.name, one.detail, one.source) for one in found)
    print_table("Settings", ["name", "value", "source"], rows)
