"""Hanging a classification into the tree: what is there already is recognised, the rest is added."""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from azora_library.subjects import tree
from azora_library.subjects.classification import Node
from azora_library.subjects.contracts import ClassificationImported
from azora_library.subjects.models import CategoryRow, EarlierNameRow

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

AT_ONCE = 100


def hang(
    hosted: "HostedPlugin", nodes: list[Node], under: CategoryRow | None
) -> ClassificationImported:
    """Add what is not there yet, some at a time; doing it again adds nothing."""
    placed: dict[str, CategoryRow] = {}
    added = 0
    for start in range(0, len(nodes), AT_ONCE):
        with hosted.transaction():
            tree.alone(hosted.database)
            for node in nodes[start : start + AT_ONCE]:
                above = placed[node.above] if node.above else under
                row, fresh = _hang_one(hosted, node, above, under)
                placed[node.key] = row
                added += fresh
        time.sleep(0)  # other callers' turn
    return ClassificationImported(added=added, known=len(nodes) - added)


def _hang_one(
    hosted: "HostedPlugin", node: Node, above: CategoryRow | None, under: CategoryRow | None
) -> tuple[CategoryRow, bool]:
    """The category of a node, and whether it is new."""
    parent = CategoryRow.parent == above.id if above else CategoryRow.parent.is_null()
    known = CategoryRow.get_or_none(parent & ~CategoryRow.retired & _same(node))
    if known is not None:
        return known, False
    said = {"notation": node.notation, "labels": node.labels}
    loose = CategoryRow.get_or_none(
        (CategoryRow.name == node.name)
        & CategoryRow.parent.is_null()
        & (CategoryRow.notation == "")
        & ~CategoryRow.retired
    )
    if loose is not None and (under is None or loose.id != under.id):
        return _adopted(hosted, loose, above, said), False
    return tree.add(hosted.database, _free_name(node, above), above, **said), True


def _adopted(
    hosted: "HostedPlugin", row: CategoryRow, above: CategoryRow | None, said: dict[str, Any]
) -> CategoryRow:
    """What resources name already, at the top and without a number, falls into its place."""
    row.notation, row.labels = said["notation"], {**said["labels"], **row.labels}
    row.save(only=[CategoryRow.notation, CategoryRow.labels])
    if above is not None:
        tree.place(hosted.database, row, above)
    return row


def _same(node: Node):  # type: ignore[no-untyped-def]
    if node.notation:
        return CategoryRow.notation == node.notation
    return CategoryRow.name.in_(list(_names(node, None)))


def _free_name(node: Node, above: CategoryRow | None) -> str:
    """The name, or one that tells it apart from others of that name: `History (Africa)`."""
    wanted = list(_names(node, above))
    taken = {row.name for row in CategoryRow.select().where(CategoryRow.name.in_(wanted))}
    earlier = EarlierNameRow.select().where(
        (EarlierNameRow.kind == "category") & EarlierNameRow.name.in_(wanted)
    )
    taken |= {row.name for row in earlier}
    return next(name for name in wanted if name not in taken)


def _names(node: Node, above: CategoryRow | None) -> Iterable[str]:
    apart = [node.notation] if node.notation else []
    apart += [above.name] if above else []
    yield node.name
    yield from (f"{node.name[: 97 - len(one[:60])]} ({one[:60]})" for one in apart)
    yield from (f"{node.name[:90]} ({number})" for number in range(2, 1000))
