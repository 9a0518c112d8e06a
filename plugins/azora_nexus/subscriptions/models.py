"""Subscriptions from outside, and what was sent to them."""

import peewee

from azora.tables import IdField, Table, TimeField


class SubscriptionRow(Table):
    """Somebody outside who wants events. `place` is the first offset of the log that is not yet looked at.

    Secrets are sealed; the old one signs as well until `old_until`.
    """

    id = IdField(primary_key=True)
    name = peewee.CharField(max_length=80, unique=True)
    kind = peewee.CharField(max_length=10)
    address = peewee.TextField()
    types = peewee.CharField(max_length=300)
    expression = peewee.TextField()
    state = peewee.CharField(max_length=10)
    reason = peewee.TextField()
    place = peewee.BigIntegerField()
    secret = peewee.TextField()
    old_secret = peewee.TextField(null=True)
    old_until = TimeField(null=True)
    failing_since = TimeField(null=True)
    created_by = peewee.CharField(max_length=200)
    created = TimeField()

    class Meta:
        table_name = "nexus_subscription"
        indexes = ((("state",), False),)
        personal = ("created_by",)
        secret = ("secret", "old_secret")
        retention = "Until somebody removes it."


class DeliveryRow(Table):
    """One event for one webhook, and what became of it."""

    id = IdField(primary_key=True)
    subscription = peewee.CharField(max_length=36)
    event = peewee.TextField()
    type = peewee.TextField()
    place = peewee.BigIntegerField()
    state = peewee.CharField(max_length=10)
    attempts = peewee.IntegerField()
    due = peewee.DoubleField()
    status = peewee.IntegerField(null=True)
    answer = peewee.TextField()
    milliseconds = peewee.IntegerField(null=True)
    changed = TimeField()

    class Meta:
        table_name = "nexus_delivery"
        indexes = (
            (("subscription", "event"), True),
            (("subscription", "place"), False),
            (("state", "due"), False),
        )
        personal = ()
        retention = "Thirty days after it was sent or given up."


TABLES: tuple[type[Table], ...] = (SubscriptionRow, DeliveryRow)
