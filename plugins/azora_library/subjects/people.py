"""What categories and tags know of people: who had them moved."""

from typing import TYPE_CHECKING

from azora_library.subjects.models import EarlierNameRow

if TYPE_CHECKING:
    from collections.abc import Sequence


def erase(ids: "Sequence[str]") -> int:
    """Forget that this person had names changed."""
    return EarlierNameRow.update(by=None).where(EarlierNameRow.by.in_(ids)).execute()


def export(ids: "Sequence[str]") -> dict[str, object]:
    rows = EarlierNameRow.select().where(EarlierNameRow.by.in_(ids)).order_by(EarlierNameRow.since)
    return {
        "renamed": [
            {"kind": row.kind, "name": row.name, "to": row.successor, "at": row.since.isoformat()}
            for row in rows
        ]
    }
