"""The history of the web plugin's tables."""

import peewee

from azora.data.migrations import Schema
from azora.tables import IdField, TimeField


def m0001_status(schema: Schema) -> None:
    schema.create_table(
        "web_status",
        id=IdField(primary_key=True),
        part=peewee.CharField(max_length=60),
        state=peewee.CharField(max_length=20),
        began=TimeField(),
        ended=TimeField(null=True),
        indexes=[(("part", "ended"), False), (("began",), False)],
    )
    schema.create_table("web_watch", id=peewee.IntegerField(primary_key=True), at=TimeField())


def m0001_status_down(schema: Schema) -> None:
    schema.drop_table("web_watch")
    schema.drop_table("web_status")
