"""The steps of the tables of figures."""

import peewee

from azora.data.migrations import Schema


def m0014_figures(schema: Schema) -> None:
    schema.create_table(
        "library_usage",
        resource=peewee.CharField(max_length=36),
        month=peewee.CharField(max_length=7),
        views=peewee.BigIntegerField(),
        downloads=peewee.BigIntegerField(),
        primary_key=["resource", "month"],
        indexes=[(("month", "resource"), False)],
    )
    schema.create_table(
        "library_recent_use",
        visitor=peewee.CharField(max_length=32),
        resource=peewee.IntegerField(),
        kind=peewee.CharField(max_length=10),
        at=peewee.DoubleField(),
        before=peewee.DoubleField(),
        primary_key=["visitor", "resource", "kind"],
        indexes=[(("at",), False)],
    )
    schema.execute(
        "CREATE INDEX library_resource_used ON library_resource ((views + downloads), number)"
    )


def m0014_figures_down(schema: Schema) -> None:
    schema.execute("DROP INDEX library_resource_used")
    schema.drop_table("library_recent_use")
    schema.drop_table("library_usage")
