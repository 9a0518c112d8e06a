"""What a category or tag that somebody writes is called now: earlier names lead to today's."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal, Protocol

from azora_library import domain
from azora_library.subjects import tree

if TYPE_CHECKING:
    from azora.data.database import PluginDatabase

Kind = Literal["category", "tag"]
_AT_ONCE = 500


class Said(Protocol):
    """What has a category and tags: a resource, or what is said of one."""

    category: Any
    tags: Any


def settled(database: "PluginDatabase", values: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of a resource, with its category and tags as they are called now."""
    said = SimpleNamespace(category=values.get("category"), tags=values.get("tags") or [])
    settle(database, [said])
    settled = {"category": said.category, "tags": said.tags}
    return {name: settled.get(name, value) for name, value in values.items()}


def settle(database: "PluginDatabase", resources: Sequence["Said"]) -> None:
    """Give resources that are about to be saved the category and tags as they are called now.

    A category that is not known yet is put at the top of the tree.
    """
    categories = {one.category for one in resources if one.category}
    names = categories | {tag for one in resources for tag in one.tags or ()}
    if not names:
        return
    tree.together(database)
    now = _now_called(database, sorted(names))
    for one in resources:
        if one.category:
            one.category = now.get(("category", one.category), one.category)
        if one.tags:
            renamed = (now.get(("tag", tag), tag) for tag in one.tags)
            one.tags = domain.distinct(tag for tag in renamed if tag)
    tree.ensure(database, {one.category for one in resources if one.category})


def _now_called(database: "PluginDatabase", names: list[str]) -> dict[tuple[str, str], str | None]:
    found: dict[tuple[str, str], str | None] = {}
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        rows = database.execute(
            "SELECT kind, name, successor FROM library_earlier_name "  # noqa: S608 – placeholders
            f"WHERE name IN ({', '.join('?' * len(some))})",
            *some,
        )
        found |= {(kind, name): successor for kind, name, successor in rows}
    return found
