"""The replays that somebody asked for."""

import peewee

from azora.tables import IdField, Table, TimeField


class ReplayRow(Table):
    """A stretch of the log from `place` up to and without `until`, for one handler.

    `pace` is 0 for full speed, else how many times faster than the events were told. `given` counts
    events handed over, `passed` all that were read, `total` what was to be read at the start.
    """

    id = IdField(primary_key=True)
    plugin = peewee.CharField(max_length=60)
    handler = peewee.CharField(max_length=200)
    since = peewee.BigIntegerField()
    place = peewee.BigIntegerField()
    until = peewee.BigIntegerField()
    expression = peewee.TextField()
    pace = peewee.DoubleField()
    again = peewee.BooleanField()
    hold = peewee.BooleanField()
    state = peewee.CharField(max_length=20)
    given = peewee.IntegerField()
    passed = peewee.IntegerField()
    total = peewee.IntegerField()
    error = peewee.TextField(null=True)
    asked_by = peewee.CharField(max_length=200)
    asked = TimeField(index=True)
    changed = TimeField()

    class Meta:
        table_name = "nexus_replay"
        indexes = ((("state",), False),)
        personal = ("asked_by",)
        retention = "Ninety days after its end."


TABLES: tuple[type[Table], ...] = (ReplayRow,)
