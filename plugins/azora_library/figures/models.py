"""The tables of figures: how often a month, and who looked a moment ago."""

from typing import Any

import peewee

from azora.tables import Table


class UsageRow(Table):
    """How often a resource was read and downloaded in a month; it stays when the resource is gone."""

    resource = peewee.CharField(max_length=36)
    month = peewee.CharField(max_length=7)
    views = peewee.BigIntegerField(default=0)
    downloads = peewee.BigIntegerField(default=0)

    class Meta:
        table_name = "library_usage"
        primary_key = peewee.CompositeKey("resource", "month")
        indexes = ((("month", "resource"), False),)
        personal = ()
        retention = "As long as the library: figures are reported over years."


class RecentUseRow(Table):
    """That somebody looked at something just now, so that a double click counts once.

    `visitor` is a hash with a key of the day; nobody can be told from it.
    """

    visitor = peewee.CharField(max_length=32)
    resource = peewee.IntegerField()
    kind = peewee.CharField(max_length=10)
    at = peewee.DoubleField(index=True)
    before = peewee.DoubleField()

    class Meta:
        table_name = "library_recent_use"
        primary_key = peewee.CompositeKey("visitor", "resource", "kind")
        personal = ()
        retention = "At most five minutes."


TABLES: tuple[type[Any], ...] = (UsageRow, RecentUseRow)
