"""The tables of bulk edits: each edit, and what it does to each record."""

from typing import Any

import peewee

from azora.tables import IdField, Refers, Table, TimeField
from azora_library.catalogue.models import ObjectField

GATHERING, PREPARED = "gathering", "prepared"
APPLYING, APPLIED = "applying", "applied"
UNDOING, UNDONE = "undoing", "undone"

PLANNED, CHANGED, SAME, REFUSED, GONE = "planned", "changed", "same", "refused", "gone"
TAKEN_BACK, CLASHED = "taken_back", "clashed"


class BulkEditRow(Table):
    """One bulk edit. `upto` is the place of the last record that the work under way has dealt with."""

    id = IdField(primary_key=True)
    by = peewee.CharField(max_length=60, null=True, index=True)
    at = TimeField(index=True)
    changes = ObjectField()
    state = peewee.CharField(max_length=12)
    alike = peewee.IntegerField(default=0)
    upto = peewee.IntegerField(default=0)
    applied = TimeField(null=True)
    undone = TimeField(null=True)

    class Meta:
        table_name = "library_bulk_edit"
        personal = ("by",)
        refers = {"by": Refers("identity.known_accounts", orphan="clear")}
        retention = "As long as the library; a week where it was only prepared. Who made it until they leave."


class BulkItemRow(Table):
    """What a bulk edit does to one record: `before` and `after` are its revisions, `back` that of the undoing."""

    edit = peewee.ForeignKeyField(BulkEditRow, column_name="edit", on_delete="CASCADE")
    place = peewee.IntegerField()
    resource = peewee.CharField(max_length=36, index=True)
    title = peewee.TextField()
    state = peewee.CharField(max_length=12)
    reason = peewee.TextField(default="")
    before = peewee.IntegerField(null=True)
    after = peewee.IntegerField(null=True)
    back = peewee.IntegerField(null=True)

    class Meta:
        table_name = "library_bulk_item"
        primary_key = peewee.CompositeKey("edit", "place")
        indexes = ((("edit", "state", "place"), False),)
        personal = ()
        retention = "As long as the bulk edit that it is a part of."


TABLES: tuple[type[Any], ...] = (BulkEditRow, BulkItemRow)
