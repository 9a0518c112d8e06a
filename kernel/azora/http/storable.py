"""What no database could store: control characters, and integers beyond 64 bits."""

import re
from collections.abc import Iterator
from typing import Any

from azora.errors import FieldError, Invalid

INT64 = 2**63
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LISTS = (list, tuple, set, frozenset)


def refuse_unstorable(document: Any) -> None:
    """Raise Invalid where a string holds control characters or a number is beyond 64 bits."""
    found = [
        field_error(path, code, detail) for path, code, detail in _unstorable(document, "") if code
    ]
    if found:
        raise Invalid("Some fields are not right.", fields=found)


def field_error(name: str, code: str, detail: str) -> FieldError:
    return FieldError(field=name, code=code, detail=detail)


def _unstorable(value: Any, path: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, str):
        if CONTROL.search(value):
            yield path, "control_characters", "Control characters are not allowed."
    elif isinstance(value, bool):
        return
    elif isinstance(value, int):
        if not -INT64 <= value < INT64:
            yield path, "number_too_large", "The number does not fit in 64 bits."
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _unstorable(name, path)
            yield from _unstorable(member, f"{path}.{name}" if path else str(name))
    elif isinstance(value, _LISTS):
        for index, member in enumerate(value):
            yield from _unstorable(member, f"{path}.{index}" if path else str(index))
