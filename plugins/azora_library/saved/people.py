"""A person's saved searches: exported whole, and gone when they leave."""

import json

from azora_library.saved.models import SavedSearchRow


def erase(ids: list[str]) -> int:
    """How many searches went."""
    return int(SavedSearchRow.delete().where(SavedSearchRow.owner.in_(ids)).execute())


def export(ids: list[str]) -> dict[str, object]:
    rows = SavedSearchRow.select().where(SavedSearchRow.owner.in_(ids)).order_by(SavedSearchRow.id)
    return {
        "saved_searches": [
            {
                "name": row.name,
                "asked": json.loads(row.asked),
                "alert": row.alert,
                "created": row.created.isoformat(),
                "seen": row.seen.isoformat(),
            }
            for row in rows
        ]
    }
