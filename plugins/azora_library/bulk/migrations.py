"""The tables of bulk edits as they were first made; listed with the rest in the library's migrations."""

import peewee

from azora.data.migrations import Schema
from azora.tables import IdField, TimeField


def m0012_bulk_edits(schema: Schema) -> None:
    schema.create_table(
        "library_bulk_edit",
        id=IdField(primary_key=True),
        by=peewee.CharField(max_length=60, null=True, index=True),
        at=TimeField(index=True),
        changes=peewee.TextField(),
        state=peewee.CharField(max_length=12),
        alike=peewee.IntegerField(),
        upto=peewee.IntegerField(),
        applied=TimeField(null=True),
        undone=TimeField(null=True),
    )
    schema.create_table(
        "library_bulk_item",
        edit=peewee.CharField(max_length=36),
        place=peewee.IntegerField(),
        resource=peewee.CharField(max_length=36, index=True),
        title=peewee.TextField(),
        state=peewee.CharField(max_length=12),
        reason=peewee.TextField(),
        before=peewee.IntegerField(null=True),
        after=peewee.IntegerField(null=True),
        back=peewee.IntegerField(null=True),
        primary_key=["edit", "place"],
        indexes=[(("edit", "state", "place"), False)],
        constraints=["FOREIGN KEY (edit) REFERENCES library_bulk_edit (id) ON DELETE CASCADE"],
    )


def m0012_bulk_edits_down(schema: Schema) -> None:
    schema.drop_table("library_bulk_item")
    schema.drop_table("library_bulk_edit")
