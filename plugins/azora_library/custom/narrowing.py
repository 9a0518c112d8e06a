"""The declared fields by which readers narrow a search."""

from azora_library.custom.models import FieldRow
from azora_library.discovery.headings import FIRST_FIELD


def kinds() -> dict[str, int]:
    """By name, the kind of heading that the values of a field are filed under."""
    rows = FieldRow.select(FieldRow.name, FieldRow.number).where(
        FieldRow.facet & FieldRow.public & ~FieldRow.removing
    )
    ordered = rows.order_by(FieldRow.place, FieldRow.number)
    return {row.name: FIRST_FIELD + row.number for row in ordered}
