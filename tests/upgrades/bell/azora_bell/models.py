"""One row for each time that the bell rang."""

from peewee import AutoField, TextField

from azora import Table


class RungRow(Table):
    id = AutoField()
    resource = TextField()

    class Meta:
        table_name = "rung"
        personal = ()
        retention = "As long as the bell."
