"""What is remembered of how the campus was: changes, and when somebody last looked."""

import peewee

from azora.tables import IdField, Table, TimeField


class StatusRow(Table):
    """A time during which a part was in one state; the last of each part has no end."""

    id = IdField(primary_key=True)
    part = peewee.CharField(max_length=60)
    state = peewee.CharField(max_length=20)
    began = TimeField(index=True)
    ended = TimeField(null=True)

    class Meta:
        table_name = "web_status"
        indexes = ((("part", "ended"), False),)
        personal = ()
        retention = "Thirty days after it ended."


class WatchRow(Table):
    """When somebody last looked how the campus is: what lies between is time in which nothing ran."""

    id = peewee.IntegerField(primary_key=True)
    at = TimeField()

    class Meta:
        table_name = "web_watch"
        personal = ()
        retention = "As long as the campus."


TABLES: tuple[type[Table], ...] = (StatusRow, WatchRow)
