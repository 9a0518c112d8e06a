"""The tables of imports: how far each came, what it refused, and what it would take to undo it."""

from typing import Any

import peewee

from azora.tables import IdField, Refers, Table, TimeField
from azora_library.catalogue.models import ObjectField

READY, RUNNING, SENDING, DONE = "ready", "running", "sending", "done"
CANCELLED, FAILED, UNDOING, UNDONE = "cancelled", "failed", "undoing", "undone"


class ImportRow(Table):
    """One import. `read` records of its file are settled; whoever carries it on begins behind them.

    `sending` is one whose records a command sends, so that it has no file here.
    """

    id = IdField(primary_key=True)
    source = peewee.CharField(max_length=80)
    state = peewee.CharField(max_length=12, index=True)
    format = peewee.CharField(max_length=40)
    encoding = peewee.CharField(max_length=40, null=True)
    mapping = ObjectField(default=dict)
    dry_run = peewee.BooleanField(default=False)
    file_digest = peewee.CharField(max_length=64, null=True)
    file_size = peewee.BigIntegerField(null=True)
    file_name = peewee.TextField(null=True)
    file_media_type = peewee.TextField(null=True)
    read = peewee.IntegerField(default=0)
    position = peewee.BigIntegerField(default=0)
    added = peewee.IntegerField(default=0)
    updated = peewee.IntegerField(default=0)
    unchanged = peewee.IntegerField(default=0)
    refused = peewee.IntegerField(default=0)
    taken_back = peewee.IntegerField(default=0)
    kept = peewee.IntegerField(default=0)
    problem = peewee.TextField(null=True)
    created = TimeField()
    changed = TimeField()
    created_by = peewee.CharField(max_length=60, null=True, index=True)

    class Meta:
        table_name = "library_import"
        personal = ("created_by",)
        refers = {"created_by": Refers("identity.known_accounts", orphan="clear")}
        retention = "As long as the library; who imported until they leave."


class RefusalRow(Table):
    """A record that an import refused, and why."""

    run = peewee.CharField(max_length=36)
    record = peewee.IntegerField()
    key = peewee.TextField(null=True)
    reason = peewee.TextField()

    class Meta:
        table_name = "library_import_refusal"
        primary_key = peewee.CompositeKey("run", "record")
        personal = ()
        retention = "As long as its import."


class TakenRow(Table):
    """A resource that an import put in or changed, as it left it; `kept` says why an undo left it so."""

    run = peewee.CharField(max_length=36)
    resource = peewee.CharField(max_length=36)
    outcome = peewee.CharField(max_length=8)
    revision = peewee.IntegerField()
    first_revision = peewee.IntegerField()
    digest_before = peewee.CharField(max_length=64, null=True)
    kept = peewee.TextField(null=True)

    class Meta:
        table_name = "library_import_record"
        primary_key = peewee.CompositeKey("run", "resource")
        derived = True
        personal = ()
        retention = "As long as its import."


class MappingRow(Table):
    """What the columns of a table with these headings hold, as somebody last said."""

    headings = peewee.CharField(max_length=64, primary_key=True)
    mapping = ObjectField(default=dict)
    changed = TimeField()

    class Meta:
        table_name = "library_import_mapping"
        personal = ()
        retention = "As long as the library."


TABLES: tuple[type[Any], ...] = (ImportRow, RefusalRow, TakenRow, MappingRow)
