"""The index of the log: one row for each event, without what it tells."""

import peewee

from azora.tables import Table


class EventRow(Table):
    """Where an event stands in the log, and by what it is found. `at` is in seconds since 1970."""

    place = peewee.BigIntegerField(primary_key=True)
    id = peewee.TextField(unique=True)
    type = peewee.TextField()
    source = peewee.TextField()
    version = peewee.IntegerField()
    at = peewee.DoubleField(index=True)
    key = peewee.TextField(null=True)
    trace = peewee.TextField(null=True, index=True)
    cause = peewee.TextField(null=True, index=True)
    size = peewee.IntegerField()

    class Meta:
        table_name = "nexus_event"
        indexes = ((("type", "place"), False), (("source", "place"), False))
        personal = ()
        retention = "As long as the settings say for its type of event."


class PositionRow(Table):
    """How far a reader of the log has come."""

    reader = peewee.CharField(max_length=200, primary_key=True)
    place = peewee.BigIntegerField()

    class Meta:
        table_name = "nexus_position"
        personal = ()
        retention = "As long as its reader."


TABLES: tuple[type[Table], ...] = (EventRow, PositionRow)
