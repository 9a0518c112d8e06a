"""The search index anew from the catalogue, where rows came from the other database product."""

from typing import TYPE_CHECKING

from azora_library.catalogue.found_by import findable_of
from azora_library.catalogue.models import ResourceRow
from azora_library.custom.declared import CustomFields
from azora_library.discovery.index import INDEXES

if TYPE_CHECKING:
    from azora.data.database import PluginDatabase

AT_ONCE = 500


def reindex(database: "PluginDatabase") -> None:
    """Put the words of every resource into the index of this product."""
    index, last, declared = INDEXES[database.dialect], 0, CustomFields().declared
    while rows := _after(last):
        with database.transaction():
            index.put(database, [findable_of(row, declared).words() for row in rows])
        last = rows[-1].number


def _after(number: int) -> list[ResourceRow]:
    query = ResourceRow.select().where(ResourceRow.number > number)
    return list(query.order_by(ResourceRow.number).limit(AT_ONCE))
