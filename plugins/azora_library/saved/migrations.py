"""The table of saved searches as it was first made; listed with the rest in the library's migrations."""

import peewee

from azora.data.migrations import Schema
from azora.tables import IdField, TimeField


def m0011_saved_searches(schema: Schema) -> None:
    schema.create_table(
        "library_saved_search",
        id=IdField(primary_key=True),
        owner=peewee.CharField(max_length=60),
        name=peewee.TextField(),
        asked=peewee.TextField(),
        alert=peewee.CharField(max_length=10),
        seen=TimeField(),
        told=TimeField(),
        fresh=peewee.BooleanField(),
        feed=peewee.CharField(max_length=64, null=True),
        created=TimeField(),
        indexes=[(("owner", "name"), True), (("alert", "id"), False)],
    )


def m0011_saved_searches_down(schema: Schema) -> None:
    schema.drop_table("library_saved_search")
