"""The history of nexus's tables."""

import peewee

from azora.data.migrations import Schema


def m0001_journal(schema: Schema) -> None:
    schema.create_table(
        "nexus_event",
        place=peewee.BigIntegerField(primary_key=True),
        id=peewee.TextField(unique=True),
        type=peewee.TextField(),
        source=peewee.TextField(),
        version=peewee.IntegerField(),
        at=peewee.DoubleField(),
        key=peewee.TextField(null=True),
        trace=peewee.TextField(null=True),
        cause=peewee.TextField(null=True),
        size=peewee.IntegerField(),
        indexes=[
            (("at",), False),
            (("trace",), False),
            (("cause",), False),
            (("type", "place"), False),
            (("source", "place"), False),
        ],
    )
    schema.create_table(
        "nexus_position",
        reader=peewee.CharField(max_length=200, primary_key=True),
        place=peewee.BigIntegerField(),
    )


def m0001_journal_down(schema: Schema) -> None:
    schema.drop_table("nexus_position")
    schema.drop_table("nexus_event")
