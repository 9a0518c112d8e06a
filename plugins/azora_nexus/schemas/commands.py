"""`azora events types`."""

from typing import Annotated

import typer

from azora.cli.output import AsJson, DataDir, print_json, print_table


def types(
    type: Annotated[str | None, typer.Argument(help="One type, with its schemas.")] = None,
    data: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List the types of events; of one, its JSON Schema and every version."""
    from azora.cli.campus import campus

    with campus(data) as here:
        if type:
            print_json(here.call("nexus.read_type", {"type": type}))
            return
        rows = here.call("nexus.list_types", {})["items"]
    if as_json:
        print_json(rows)
        return
    columns = ("type", "version", "key", "keep_days", "readers")
    cells = ([", ".join(row[name]) if name == "readers" else row[name] or "" for name in columns] for row in rows)  # fmt: skip
    print_table("Types of events", columns, cells)
