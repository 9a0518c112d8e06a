"""The steps of exchange's tables."""

import peewee

from azora.data.migrations import Schema
from azora.tables import TimeField


def m0007_tombstones(schema: Schema) -> None:
    schema.create_table(
        "library_tombstone",
        id=peewee.CharField(max_length=36, primary_key=True),
        category=peewee.TextField(null=True),
        gone=TimeField(),
        indexes=[(("gone",), False)],
    )
    schema.add_index("library_resource", "updated", "id")


def m0007_tombstones_down(schema: Schema) -> None:
    schema.drop_index("library_resource", "updated", "id")
    schema.drop_table("library_tombstone")
