"""The table of declared fields."""

from typing import Any

import peewee

from azora.tables import Table
from azora_library.catalogue.models import ListField, ObjectField


class FieldRow(Table):
    """A field that this campus declares; `number` is what facets know it by."""

    number = peewee.AutoField()
    name = peewee.CharField(max_length=40, unique=True)
    labels = ObjectField(default=dict)
    help = peewee.TextField(default="")
    kind = peewee.CharField(max_length=12)
    many = peewee.BooleanField(default=False)
    required = peewee.BooleanField(default=False)
    types = ListField(default=list)
    choices = ListField(default=list)
    facet = peewee.BooleanField(default=False)
    searchable = peewee.BooleanField(default=False)
    public = peewee.BooleanField(default=True)
    place = peewee.IntegerField(default=0)
    retired = peewee.BooleanField(default=False)
    removing = peewee.BooleanField(default=False)

    class Meta:
        table_name = "library_field"
        personal = ()
        retention = "As long as the library, or until a librarian removes the field."


TABLES: tuple[type[Any], ...] = (FieldRow,)
