"""The table of versions as it was first made; listed with the rest in the library's migrations."""

import peewee

from azora.data.migrations import Schema
from azora.tables import TimeField


def m0009_versions(schema: Schema) -> None:
    schema.create_table(
        "library_version",
        resource=peewee.IntegerField(),
        revision=peewee.IntegerField(),
        said=peewee.TextField(),
        file_digest=peewee.CharField(max_length=64, null=True, index=True),
        at=TimeField(),
        by=peewee.CharField(max_length=60, null=True, index=True),
        primary_key=["resource", "revision"],
        constraints=[
            "FOREIGN KEY (resource) REFERENCES library_resource (number) ON DELETE CASCADE"
        ],
    )


def m0009_versions_down(schema: Schema) -> None:
    schema.drop_table("library_version")
