"""Rows as a file, written while it is sent: CSV that no spreadsheet takes for formulas, or JSON."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from azora.admin.contracts import Format
from azora.messages import Document

_MEDIA_TYPES = {"csv": "text/csv", "json": "application/json"}
_PIECE = 65_536
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def pieces(
    name: str, form: Format, columns: list[str], rows: Iterable[dict[str, Any]]
) -> Iterator[Document]:
    """The file in pieces; the first names it."""
    lines = _csv(columns, rows) if form == "csv" else _json(rows)
    head = Document(name=f"{name}.{form}", media_type=_MEDIA_TYPES[form], text="")
    yield head
    waiting: list[str] = []
    size = 0
    for line in lines:
        waiting.append(line)
        size += len(line)
        if size > _PIECE:
            yield Document(text="".join(waiting))
            waiting, size = [], 0
    yield Document(text="".join(waiting))


def _csv(columns: list[str], rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield _line(columns)
    for row in rows:
        yield _line([_cell(row.get(column)) for column in columns])


def _line(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def _cell(value: Any) -> str:
    """A value as a cell; what a spreadsheet would run as a formula begins with an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, list | dict):
        return orjson.dumps(value).decode()
    text = str(value)
    harmful = isinstance(value, str) and text.startswith(_FORMULA)
    return f"'{text}" if harmful else text


def _json(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    between = "["
    for row in rows:
        yield between + orjson.dumps(row, default=str).decode()
        between = ",\n"
    yield "[]\n" if between == "[" else "]\n"
