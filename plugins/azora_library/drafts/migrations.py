"""The table of drafts as it was first made; listed with the rest in the library's migrations."""

import peewee

from azora.data.migrations import Schema
from azora.tables import IdField, TimeField


def m0010_drafts(schema: Schema) -> None:
    schema.create_table(
        "library_draft",
        id=IdField(primary_key=True),
        owner=peewee.CharField(max_length=60),
        place=peewee.TextField(),
        form=peewee.CharField(max_length=60),
        title=peewee.TextField(),
        resource=peewee.CharField(max_length=36, null=True, index=True),
        typed=peewee.TextField(),
        file_digest=peewee.CharField(max_length=64, null=True),
        file_size=peewee.BigIntegerField(null=True),
        file_name=peewee.TextField(null=True),
        file_media_type=peewee.TextField(null=True),
        at=TimeField(index=True),
        closed=peewee.BooleanField(),
        indexes=[(("owner", "at"), False)],
    )


def m0010_drafts_down(schema: Schema) -> None:
    schema.drop_table("library_draft")
