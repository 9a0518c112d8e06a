"""The bell's only table."""

import peewee

from azora.data.schema import Schema


def m0001_create(schema: Schema) -> None:
    schema.create_table("rung", id=peewee.AutoField(), resource=peewee.TextField())


def m0001_create_down(schema: Schema) -> None:
    schema.drop_table("rung")
