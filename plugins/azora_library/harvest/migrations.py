"""The tables of harvests as they were first made; listed with the rest in the library's migrations."""

import peewee

from azora.data.migrations import Schema
from azora.tables import IdField, TimeField


def m0017_harvests(schema: Schema) -> None:
    schema.create_table(
        "library_harvest",
        id=IdField(primary_key=True),
        source=peewee.CharField(max_length=80, unique=True),
        address=peewee.TextField(),
        prefix=peewee.CharField(max_length=60),
        subset=peewee.TextField(null=True),
        daily=peewee.BooleanField(),
        state=peewee.CharField(max_length=12, index=True),
        token=peewee.TextField(null=True),
        since=peewee.CharField(max_length=30, null=True),
        until=peewee.CharField(max_length=30, null=True),
        began=peewee.CharField(max_length=30, null=True),
        harvested_to=peewee.CharField(max_length=30, null=True),
        seconds=peewee.BooleanField(),
        wait_until=TimeField(null=True),
        attempts=peewee.IntegerField(),
        records=peewee.IntegerField(),
        added=peewee.IntegerField(),
        updated=peewee.IntegerField(),
        unchanged=peewee.IntegerField(),
        deleted=peewee.IntegerField(),
        refused=peewee.IntegerField(),
        problem=peewee.TextField(null=True),
        created=TimeField(),
        changed=TimeField(),
        created_by=peewee.CharField(max_length=60, null=True, index=True),
    )
    schema.create_table(
        "library_harvest_stray",
        harvest=peewee.CharField(max_length=36),
        identifier=peewee.CharField(max_length=300),
        reason=peewee.TextField(),
        at=TimeField(),
        primary_key=["harvest", "identifier"],
    )


def m0017_harvests_down(schema: Schema) -> None:
    schema.drop_table("library_harvest_stray")
    schema.drop_table("library_harvest")
