"""Categories as a facet: results are counted for each category with all that is below it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import orjson

from azora_library.discovery.contracts import CategoryValue

if TYPE_CHECKING:
    from azora.data.database import PluginDatabase

MOST = 20
"""Categories below one that come with the results."""

_ABOVE = """SELECT held.name, top.name, top.id, up.name, top.labels FROM library_category AS held
    JOIN library_category_branch AS b ON b.descendant = held.id
    JOIN library_category AS top ON top.id = b.ancestor AND NOT top.retired
    LEFT JOIN library_category AS up ON up.id = top.parent WHERE held.name IN ({marks})"""


def shown(
    database: "PluginDatabase", counts: Mapping[str, int], chosen: Sequence[str]
) -> list[CategoryValue]:
    """The top of the tree as far as the results reach; of what is chosen, its branch as well.

    `counts` are the results in each category itself. From the most frequent down.
    """
    known: dict[str, CategoryValue] = {}
    totals: dict[str, int] = {}
    names = sorted({*counts, *chosen})
    for start in range(0, len(names), 500):
        some = names[start : start + 500]
        sql = _ABOVE.format(marks=", ".join("?" * len(some)))
        for held, name, id, parent, labels in database.execute(sql, *some):
            totals[name] = totals.get(name, 0) + counts.get(held, 0)
            if name not in known:
                said = {"id": id, "parent": parent, "labels": orjson.loads(labels)}
                known[name] = CategoryValue(value=name, count=0, **said)
    open_ones = _with_those_above(known, chosen)
    levels: dict[str | None, list[CategoryValue]] = {}
    for name, value in known.items():
        if value.parent is None or value.parent in open_ones:
            levels.setdefault(value.parent, []).append(
                value.model_copy(update={"count": totals[name]})
            )
    kept = (
        one
        for level in levels.values()
        for place, one in enumerate(sorted(level, key=_rank))
        if place < MOST or one.value in open_ones
    )
    return sorted((one for one in kept if one.count or one.value in open_ones), key=_rank)


def every_value(found: str) -> str:
    """The query of all categories that `found` (`FROM …` with its resources as `r`) reaches, with their counts."""
    return (
        "SELECT top.name AS value, CAST(sum(held.n) AS INTEGER) AS n, top.sort_key AS folded FROM "  # noqa: S608 – constants and placeholders
        f"(SELECT r.category AS name, count(*) AS n {found} GROUP BY r.category) AS held "
        "JOIN library_category AS c ON c.name = held.name "
        "JOIN library_category_branch AS b ON b.descendant = c.id "
        "JOIN library_category AS top ON top.id = b.ancestor AND NOT top.retired "
        "GROUP BY top.name, top.sort_key"
    )


def _with_those_above(known: Mapping[str, CategoryValue], chosen: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for name in chosen:
        here: str | None = name
        while here is not None and here in known and here not in found:
            found.add(here)
            here = known[here].parent
    return found


def _rank(value: CategoryValue) -> tuple[int, str]:
    return -value.count, value.value
