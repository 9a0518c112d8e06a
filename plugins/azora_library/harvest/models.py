"""The tables of harvests: where each comes from, how far it is, and what it refused."""

from typing import Any

import peewee

from azora.tables import IdField, Refers, Table, TimeField

IDLE, RUNNING, FAILED = "idle", "running", "failed"


class HarvestRow(Table):
    """A repository that is harvested. `token` leads on in a list that is half read; `harvested_to` is the
    moment up to which all is here, and `since`/`began` are those of the list that is read now."""

    id = IdField(primary_key=True)
    source = peewee.CharField(max_length=80, unique=True)
    address = peewee.TextField()
    prefix = peewee.CharField(max_length=60)
    subset = peewee.TextField(null=True)
    daily = peewee.BooleanField(default=False)
    state = peewee.CharField(max_length=12, default=IDLE, index=True)
    token = peewee.TextField(null=True)
    since = peewee.CharField(max_length=30, null=True)
    until = peewee.CharField(max_length=30, null=True)
    began = peewee.CharField(max_length=30, null=True)
    harvested_to = peewee.CharField(max_length=30, null=True)
    seconds = peewee.BooleanField(default=False)
    wait_until = TimeField(null=True)
    attempts = peewee.IntegerField(default=0)
    records = peewee.IntegerField(default=0)
    added = peewee.IntegerField(default=0)
    updated = peewee.IntegerField(default=0)
    unchanged = peewee.IntegerField(default=0)
    deleted = peewee.IntegerField(default=0)
    refused = peewee.IntegerField(default=0)
    problem = peewee.TextField(null=True)
    created = TimeField()
    changed = TimeField()
    created_by = peewee.CharField(max_length=60, null=True, index=True)

    class Meta:
        table_name = "library_harvest"
        personal = ("created_by",)
        refers = {"created_by": Refers("identity.known_accounts", orphan="clear")}
        retention = "Until somebody removes it; who made it until they leave."


class StrayRow(Table):
    """A record that a harvest could not take in, or leave out, and why."""

    harvest = peewee.CharField(max_length=36)
    identifier = peewee.CharField(max_length=300)
    reason = peewee.TextField()
    at = TimeField()

    class Meta:
        table_name = "library_harvest_stray"
        primary_key = peewee.CompositeKey("harvest", "identifier")
        personal = ()
        retention = "Until its harvest begins anew or is removed."


TABLES: tuple[type[Any], ...] = (HarvestRow, StrayRow)
