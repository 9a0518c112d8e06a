"""The work behind a field that was changed or removed: a few of its resources in each transaction.

Each step is an event of the one before, so that the work goes on wherever it stopped.
"""

from typing import TYPE_CHECKING

from azora.errors import NotFound
from azora_library.catalogue.models import ResourceRow
from azora_library.catalogue.rows import Catalogue
from azora_library.custom.contracts import FieldReworked
from azora_library.custom.models import FieldRow
from azora_library.discovery.headings import heading_id
from azora_library.discovery.models import FilingRow

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

AT_ONCE = 25
"""Resources in one transaction."""


def begin(hosted: "HostedPlugin", row: FieldRow) -> None:
    hosted.emit(FieldReworked(name=row.name, number=row.number, upto=0))


def go_on(hosted: "HostedPlugin", event: FieldReworked) -> None:
    """One step, inside a transaction: file the next few anew, or take the field out of them."""
    field = FieldRow.get_or_none(FieldRow.number == event.number, FieldRow.name == event.name)
    if field is None:
        return
    catalogue = Catalogue(hosted)
    found = _holders(field.name, event.upto)
    for _, id in found:
        _rework(catalogue, field, id)
    if len(found) == AT_ONCE:
        hosted.emit(FieldReworked(name=field.name, number=field.number, upto=found[-1][0]))
    elif field.removing and holders(field.name):
        begin(hosted, field)  # somebody saved one behind our back
    elif field.removing:
        field.delete_instance()


def holders(name: str) -> int:
    """How many resources have a value of a field."""
    return int(FilingRow.select().where(FilingRow.heading == heading_id("field", name)).count())


def _holders(name: str, after: int) -> list[tuple[int, str]]:
    """The next resources that have the field: their numbers and ids."""
    filed = FilingRow.select(FilingRow.resource).where(
        FilingRow.heading == heading_id("field", name), FilingRow.resource > after
    )
    query = ResourceRow.select(ResourceRow.number, ResourceRow.id)
    rows = query.where(ResourceRow.number.in_(filed)).order_by(ResourceRow.number).limit(AT_ONCE)
    return [(row.number, row.id) for row in rows]


def _rework(catalogue: Catalogue, field: FieldRow, id: str) -> None:
    try:
        row = catalogue.take(id, None)
    except NotFound:
        return
    if field.removing:
        catalogue.change(row, {"custom": {field.name: None}})
    else:
        catalogue.file_anew(row)
