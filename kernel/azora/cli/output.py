"""How commands speak: rich for people, `--json` for programs, one line for an error."""

import json
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from azora.errors import AzoraError

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
DataDir = Annotated[
    str | None, typer.Option("--data", help="The campus's folder (AZORA_DATA_DIR).")
]


def console(*, error: bool = False) -> "Console":
    """The terminal, or whatever stands in for it."""
    from rich.console import Console

    return Console(stderr=error, highlight=False, soft_wrap=True)


def print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


def print_table(title: str, columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    console().print(table)


def complain(error: "AzoraError") -> int:
    """Say on stderr in one line what is wrong, and which fields; the exit code 1."""
    from rich.markup import escape

    lines = [error.detail or error.code]
    lines += [f"  {field['field']}: {field['detail']}" for field in error.fields]
    console(error=True).print("[bold red]✗[/] " + escape("\n".join(lines)))
    return 1
