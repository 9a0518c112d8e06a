"""A person's drafts: exported whole, and gone when they leave."""

from azora_library.drafts.models import DraftRow


def erase(ids: list[str]) -> int:
    """How many drafts went."""
    return DraftRow.delete().where(DraftRow.owner.in_(ids)).execute()


def export(ids: list[str]) -> dict[str, object]:
    mine = DraftRow.select().where(DraftRow.owner.in_(ids), ~DraftRow.closed).order_by(DraftRow.at)
    return {
        "drafts": [
            {"place": row.place, "title": row.title, "at": row.at.isoformat(), "typed": row.typed}
            | ({"file": row.file_name} if row.file_name else {})
            for row in mine
        ]
    }
