"""The tables of shelves as they were first made; listed with the rest in the library's migrations."""

import peewee

from azora.data.migrations import Schema
from azora.tables import IdField, TimeField


def m0005_shelves(schema: Schema) -> None:
    schema.create_table(
        "library_shelf",
        id=IdField(primary_key=True),
        kind=peewee.CharField(max_length=20),
        title=peewee.TextField(),
        description=peewee.TextField(),
        owner=peewee.CharField(max_length=60, null=True),
        access=peewee.CharField(max_length=20),
        created=TimeField(),
        updated=TimeField(),
        indexes=[(("owner", "updated"), False), (("kind", "access", "updated"), False)],
    )
    schema.create_table(
        "library_shelf_item",
        id=IdField(primary_key=True),
        shelf=peewee.CharField(max_length=36),
        resource=peewee.IntegerField(index=True),
        place=peewee.IntegerField(),
        note=peewee.TextField(),
        progress=peewee.CharField(max_length=20),
        added=TimeField(),
        indexes=[(("shelf", "resource"), True), (("shelf", "place"), False)],
        constraints=[
            "FOREIGN KEY (shelf) REFERENCES library_shelf (id) ON DELETE CASCADE",
            "FOREIGN KEY (resource) REFERENCES library_resource (number) ON DELETE CASCADE",
        ],
    )


def m0005_shelves_down(schema: Schema) -> None:
    schema.drop_table("library_shelf_item")
    schema.drop_table("library_shelf")
