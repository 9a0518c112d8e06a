"""The tables of reading as they were first made; listed with the rest in the library's migrations."""

import peewee

from azora.data.migrations import Schema
from azora.tables import TimeField


def m0006_reading(schema: Schema) -> None:
    schema.create_table(
        "library_caption",
        resource=peewee.IntegerField(),
        language=peewee.CharField(max_length=3),
        content=peewee.TextField(),
        primary_key=["resource", "language"],
        constraints=[
            "FOREIGN KEY (resource) REFERENCES library_resource (number) ON DELETE CASCADE"
        ],
    )
    schema.create_table(
        "library_file_check",
        digest=peewee.CharField(max_length=64, primary_key=True),
        checked=TimeField(index=True),
        found=peewee.CharField(max_length=12, index=True),
    )


def m0006_reading_down(schema: Schema) -> None:
    schema.drop_table("library_file_check")
    schema.drop_table("library_caption")
