"""What others said of identifiers, kept for a while."""

from typing import Any

import peewee

from azora.tables import Table, TimeField
from azora_library.catalogue.models import ObjectField


class LookupRow(Table):
    """An answer; an empty record says that nobody knew."""

    kind = peewee.CharField(max_length=10)
    value = peewee.TextField()
    source = peewee.TextField()
    record = ObjectField(default=dict)
    told = TimeField(index=True)

    class Meta:
        table_name = "library_lookup"
        primary_key = peewee.CompositeKey("kind", "value")
        personal = ()
        retention = "A year, so that what is asked again is there when its source is not."


TABLES: tuple[type[Any], ...] = (LookupRow,)
