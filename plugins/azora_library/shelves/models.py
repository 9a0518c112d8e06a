"""The tables of shelves. A collection has no owner: the library keeps it."""

import peewee

from azora.tables import IdField, Refers, Table, TimeField
from azora_library.catalogue.models import ResourceRow


class ShelfRow(Table):
    id = IdField(primary_key=True)
    kind = peewee.CharField(max_length=20)
    title = peewee.TextField()
    description = peewee.TextField(default="")
    owner = peewee.CharField(max_length=60, null=True)
    access = peewee.CharField(max_length=20)
    created = TimeField()
    updated = TimeField()

    class Meta:
        table_name = "library_shelf"
        personal = ("owner",)
        refers = {"owner": Refers("identity.known_accounts")}
        retention = "Until it is removed, or its owner leaves."


class ShelfItemRow(Table):
    """One resource on a shelf, at its place; how far its reader is, on a reading list."""

    id = IdField(primary_key=True)
    shelf = peewee.ForeignKeyField(ShelfRow, column_name="shelf", on_delete="CASCADE")
    resource = peewee.ForeignKeyField(ResourceRow, column_name="resource", on_delete="CASCADE")
    place = peewee.IntegerField()
    note = peewee.TextField(default="")
    progress = peewee.CharField(max_length=20, default="to_read")
    added = TimeField()

    class Meta:
        table_name = "library_shelf_item"
        indexes = ((("shelf", "resource"), True),)
        personal = ("note", "progress")
        retention = "As long as its shelf."


TABLES = (ShelfRow, ShelfItemRow)
