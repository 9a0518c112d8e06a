"""A person's own reading lists: exported whole, and gone when they leave."""

from azora_library.catalogue.models import ResourceRow
from azora_library.shelves.models import ShelfItemRow, ShelfRow


def erase(ids: list[str]) -> int:
    """How many lists went."""
    return ShelfRow.delete().where(ShelfRow.owner.in_(ids)).execute()


def export(ids: list[str]) -> dict[str, object]:
    return {
        "reading_lists": [_list(row) for row in ShelfRow.select().where(ShelfRow.owner.in_(ids))]
    }


def _list(shelf: ShelfRow) -> dict[str, object]:
    items = ShelfItemRow.select(ShelfItemRow, ResourceRow).join(ResourceRow)
    ordered = items.where(ShelfItemRow.shelf == shelf.id).order_by(ShelfItemRow.place)
    return {
        "title": shelf.title,
        "description": shelf.description,
        "access": shelf.access,
        "items": [
            {"title": row.resource.title, "note": row.note, "progress": row.progress}
            for row in ordered
        ],
    }
