"""Who made which bulk edit: told, and forgotten."""

from azora_library.bulk.models import BulkEditRow


def erase(ids: list[str]) -> int:
    """How many edits are nobody's now."""
    return BulkEditRow.update(by=None).where(BulkEditRow.by.in_(ids)).execute()


def export(ids: list[str]) -> dict[str, object]:
    mine = BulkEditRow.select().where(BulkEditRow.by.in_(ids)).order_by(BulkEditRow.at)
    return {
        "bulk_edits": [
            {"id": row.id, "at": row.at.isoformat(), "changes": row.changes} for row in mine
        ]
    }
