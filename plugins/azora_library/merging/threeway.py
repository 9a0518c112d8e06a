"""Merging three ways, field by field: what was, what they made of it, what I made of it. Pure.

What only one side changed is taken from it. Of sets of short texts, such as tags, both sides' additions and
removals hold. Whatever else both changed, a person chooses.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

Side = Literal["mine", "theirs", "before"]
By = Literal["mine", "theirs", "both"]

SETS = ("tags", "isbn", "issn")
"""The fields whose values are sets: their order says nothing."""


class Merged(NamedTuple):
    """A field that somebody changed. `by` says whose change `value` is; None where a person has to choose."""

    field: str
    before: Any
    theirs: Any
    mine: Any
    value: Any
    by: By | None

    def taken(self, side: Side) -> Any:
        return {"mine": self.mine, "theirs": self.theirs, "before": self.before}[side]


def merge(
    before: Mapping[str, Any] | None, theirs: Mapping[str, Any], mine: Mapping[str, Any]
) -> list[Merged]:
    """The fields of `mine` that somebody changed; where nobody knows what was before, those that differ."""
    found = (_field(name, before, theirs.get(name), mine[name]) for name in mine)
    return [one for one in found if one is not None]


def _field(name: str, before: Mapping[str, Any] | None, theirs: Any, mine: Any) -> Merged | None:
    if before is None:
        return None if theirs == mine else Merged(name, None, theirs, mine, None, None)
    was = before.get(name)
    if theirs == mine:
        return None if theirs == was else Merged(name, was, theirs, mine, mine, "both")
    if theirs == was:
        return Merged(name, was, theirs, mine, mine, "mine")
    if mine == was:
        return Merged(name, was, theirs, mine, theirs, "theirs")
    if _is_set(name, was, theirs, mine):
        return Merged(name, was, theirs, mine, _sets(was or (), theirs, mine), "both")
    return Merged(name, was, theirs, mine, None, None)


def _is_set(name: str, *sides: Any) -> bool:
    """Whether the order of a field's values says nothing: that of the campus's own does not."""
    return name in SETS or (name.startswith("custom.") and all(type(one) is list for one in sides))


def _sets(was: Iterable[str], theirs: Iterable[str], mine: list[str]) -> list[str]:
    """Their values without what I removed, then what I added."""
    removed = set(was) - set(mine)
    kept = [one for one in theirs if one not in removed]
    return kept + [one for one in mine if one not in set(was) and one not in kept]
