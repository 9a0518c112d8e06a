"""The geometry of charts: points, tops of axes and shares; the templates draw them as SVG."""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

WIDTH, HEIGHT = 600, 200
"""The box of a line chart, in its own units; the page stretches it."""

_STEPS = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)

Series = Sequence[tuple[Any, Sequence[float | None]]]


def axis_top(series: Series) -> float:
    """A round number that no value of any series is above."""
    most = max((value for _, values in series for value in values if value is not None), default=0)
    if most <= 0:
        return 1
    unit = 10 ** math.floor(math.log10(most))
    top = next(step * unit for step in _STEPS if step * unit >= most)
    return int(top) if top >= 1 and top == int(top) else top


def line_path(values: Sequence[float | None], top: float | None = None) -> str:
    """The path of one series from the left to the right edge; where a value is missing it breaks."""
    highest = top or axis_top([("", values)])
    across = WIDTH / max(1, len(values) - 1)
    path, pen = "", "M"
    for place, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        path += f"{pen}{place * across:.1f} {HEIGHT - HEIGHT * max(0, value) / highest:.1f}"
        pen = "L"
    return path


def shares(rows: Iterable[Sequence[Any]]) -> list[tuple[float, float]]:
    """Where each part of the whole begins and how wide it is, in hundredths; `rows` are (label, value)."""
    amounts = [max(0, row[1]) for row in rows]
    whole = sum(amounts) or 1
    edges = [0.0]
    for amount in amounts:
        edges.append(edges[-1] + 100 * amount / whole)
    return [(round(a, 2), round(b - a, 2)) for a, b in pairwise(edges)]
