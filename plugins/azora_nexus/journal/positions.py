"""How far each reader of the log has come."""

import peewee

from azora_nexus.journal.models import EventRow, PositionRow


def read(reader: str) -> int:
    """The offset from which a reader goes on; 0 at first."""
    row = PositionRow.get_or_none(PositionRow.reader == reader)
    return row.place if row else 0


def end_of_log() -> int:
    """The offset behind what the index knows."""
    last = EventRow.select(peewee.fn.MAX(EventRow.place)).scalar()
    return 0 if last is None else int(last) + 1


def write(reader: str, place: int) -> None:
    """Note it in the open transaction, beside what the reader did with what it read."""
    PositionRow.insert(reader=reader, place=place).on_conflict(
        conflict_target=[PositionRow.reader], update={PositionRow.place: place}
    ).execute()
