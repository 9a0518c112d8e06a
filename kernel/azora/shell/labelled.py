"""Gives the cells of a table their column's words, so that on a narrow screen a row reads as a list."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

_TAG = re.compile(r"<(tr|td|th)\b([^>]*)>")
_SPAN = re.compile(r'colspan="(\d+)"')


def labelled(rows: Markup, heads: Sequence[str | Mapping[str, Any]]) -> Markup:
    """The rows with roles and, in each cell, `data-label` of its head and the class of a figure.

    The roles keep the table a table for a screen reader where the style sheet lays it out as a list.
    """
    column = 0

    def mark(tag: re.Match[str]) -> str:
        nonlocal column
        name, attributes = tag.groups()
        if name == "tr":
            column = 0
            return f'<tr role="row"{attributes}>'
        head = heads[column] if column < len(heads) else ""
        span = _SPAN.search(attributes)
        column += int(span[1]) if span else 1
        return f"<{name} {_cell(name, head, bool(span))}{attributes}>"

    return Markup(_TAG.sub(mark, str(rows)))  # noqa: S704 – the rows are markup already


def _cell(name: str, head: str | Mapping[str, Any], spans: bool) -> str:
    about = head if isinstance(head, Mapping) else {"label": head}
    words = [f'role="{"rowheader" if name == "th" else "cell"}"']
    if about["label"] and name == "td" and not spans:
        words.append(f'data-label="{escape(about["label"])}"')
    if about.get("figure"):
        words.append('class="figure"')
    return " ".join(words)
