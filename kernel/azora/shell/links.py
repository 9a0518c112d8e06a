"""Paths of pages: matching, filling in, and telling our own from those that lead away."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

_FIELD = re.compile(r"\{(\w+)\}")


def path_pattern(path: str) -> re.Pattern[str]:
    """`/library/{id}` as an expression that captures `id` within one segment."""
    pieces = _FIELD.split(path)
    return re.compile(
        "".join(
            f"(?P<{piece}>[^/]+)" if index % 2 else re.escape(piece)
            for index, piece in enumerate(pieces)
        )
    )


def fill_path(path: str, values: Mapping[str, Any]) -> str:
    """The path with its `{fields}` from `values`; one that is a field as a whole stays local."""
    if whole := _FIELD.fullmatch(path):
        return local_path(str(values.get(whole[1]) or "/"))
    return _FIELD.sub(lambda field: quote(str(values.get(field[1], "")), safe=""), path)


def local_path(path: str | None, otherwise: str = "/") -> str:
    """The path where it leads to this campus; `otherwise` where it would lead somewhere else."""
    if not path or not path.startswith("/") or path.startswith("//"):
        return otherwise
    if "\\" in path or any(ord(letter) < 32 or ord(letter) == 127 for letter in path):
        return otherwise
    return path
