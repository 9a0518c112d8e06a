"""The steps of the table of answers."""

import peewee

from azora.data.migrations import Schema
from azora.tables import TimeField


def m0016_lookups(schema: Schema) -> None:
    schema.create_table(
        "library_lookup",
        kind=peewee.CharField(max_length=10),
        value=peewee.TextField(),
        source=peewee.TextField(),
        record=peewee.TextField(),
        told=TimeField(),
        primary_key=["kind", "value"],
        indexes=[(("told",), False)],
    )
    hashed = "USING hash " if schema.dialect == "postgresql" else ""
    schema.execute(f"CREATE INDEX library_resource_link ON library_resource {hashed}(link)")


def m0016_lookups_down(schema: Schema) -> None:
    schema.execute("DROP INDEX library_resource_link")
    schema.drop_table("library_lookup")
