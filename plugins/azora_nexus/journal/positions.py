"""How far each reader of the log has come."""

from azora_nexus.journal.models import PositionRow


def read(reader: str) -> int:
    """The offset from which a reader goes on; 0 at first."""
    row = PositionRow.get_or_none(PositionRow.reader == reader)
    return row.place if row else 0


def write(reader: str, place: int) -> None:
    """Note it in the open transaction, beside what the reader did with what it read."""
    PositionRow.insert(reader=reader, place=place).on_conflict(
        conflict_target=[PositionRow.reader], update={PositionRow.place: place}
    ).execute()
