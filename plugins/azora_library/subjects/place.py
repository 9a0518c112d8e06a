"""Where a page of tags begins: behind the last tag of the page before."""

import base64
import json

from azora.errors import FieldError, Invalid


def cursor_of(sort_key: str, value: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([sort_key, value]).encode()).decode()


def after(cursor: str | None) -> tuple[str, tuple[str, ...]]:
    """The condition that a tag stands behind the cursor. Raises Invalid for a cursor of another list."""
    if cursor is None:
        return "", ()
    try:
        key, value = json.loads(base64.urlsafe_b64decode(cursor))
    except (ValueError, TypeError):
        key = value = None
    if isinstance(key, str) and isinstance(value, str) and "\0" not in key + value:
        return "AND (h.sort_key, h.value) > (?, ?)", (key, value)
    words = "Take `next` of the page before."
    raise Invalid(
        "The cursor is not one of this list.",
        code="invalid_cursor",
        fields=[FieldError(field="cursor", code="invalid_cursor", detail=words)],
    )
