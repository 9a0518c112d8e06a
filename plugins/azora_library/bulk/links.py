"""Which versions of a record bulk edits made."""

from collections.abc import Collection
from typing import Any

from azora_library.bulk.models import BulkItemRow


def made_by(resource: str, revisions: Collection[int]) -> dict[int, str]:
    """Of these revisions of a record, those that bulk edits made, with the edit of each."""
    either = BulkItemRow.after.in_(revisions) | BulkItemRow.back.in_(revisions)
    query = BulkItemRow.select(BulkItemRow.edit, BulkItemRow.after, BulkItemRow.back)
    rows: Any = query.where((BulkItemRow.resource == resource) & either).tuples()
    return {
        revision: edit
        for edit, after, back in rows
        for revision in (after, back)
        if revision in revisions
    }
