"""What exchange keeps: records that others may have harvested and that are gone."""

from typing import Any

import peewee

from azora.tables import Table, TimeField


class TombstoneRow(Table):
    """A record that was public and is no longer: OAI-PMH tells harvesters so for as long as it stands."""

    id = peewee.CharField(max_length=36, primary_key=True)
    category = peewee.TextField(null=True)
    gone = TimeField(index=True)

    class Meta:
        table_name = "library_tombstone"
        personal = ()
        retention = (
            "As long as the library: harvesters ask for what was deleted since they last came."
        )


TABLES: tuple[type[Any], ...] = (TombstoneRow,)
