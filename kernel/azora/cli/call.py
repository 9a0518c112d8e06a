"""`azora call`: any operation from the terminal, as the campus's operator."""

import json
from typing import Annotated, Any

import typer

from azora.cli.output import AsJson, DataDir, print_json


def call(
    target: Annotated[str, typer.Argument(metavar="PLUGIN.OPERATION")],
    fields: Annotated[
        list[str] | None,
        typer.Argument(metavar="KEY=VALUE…", help="Text; KEY:=JSON for anything else."),
    ] = None,
    body: Annotated[
        str | None, typer.Option("--data-json", "-d", help="The request as JSON.")
    ] = None,
    data: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Call an operation and print its reply."""
    from azora.cli.campus import campus

    request = {**_document(body), **_fields(fields or [])}
    with campus(data) as here:
        reply = here.call(target, request)
    if as_json:
        print_json(reply)
    elif reply is not None:
        from rich import print_json as print_coloured

        print_coloured(data=reply, ensure_ascii=False)


def _document(body: str | None) -> dict[str, Any]:
    from azora.errors import Invalid

    try:
        document = json.loads(body) if body else {}
    except ValueError as error:
        raise Invalid(f"the request is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise Invalid("the request must be a JSON object")
    return document


def _fields(pairs: list[str]) -> dict[str, Any]:
    from azora.errors import Invalid

    values: dict[str, Any] = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals or not key.strip(":"):
            raise Invalid(f"{pair!r} is not KEY=VALUE")
        try:
            values[key.rstrip(":")] = json.loads(text) if key.endswith(":") else text
        except ValueError as error:
            raise Invalid(f"{key}= is not followed by JSON: {error}") from None
    return values
