"""The history of nexus's tables."""

import peewee

from azora.data.migrations import Schema
from azora.tables import IdField, TimeField


def m0001_journal(schema: Schema) -> None:
    schema.create_table(
        "nexus_event",
        place=peewee.BigIntegerField(primary_key=True),
        id=peewee.TextField(unique=True),
        type=peewee.TextField(),
        source=peewee.TextField(),
        version=peewee.IntegerField(),
        at=peewee.DoubleField(),
        key=peewee.TextField(null=True),
        trace=peewee.TextField(null=True),
        cause=peewee.TextField(null=True),
        size=peewee.IntegerField(),
        indexes=[
            (("at",), False),
            (("trace",), False),
            (("cause",), False),
            (("type", "place"), False),
            (("source", "place"), False),
        ],
    )
    schema.create_table(
        "nexus_position",
        reader=peewee.CharField(max_length=200, primary_key=True),
        place=peewee.BigIntegerField(),
    )


def m0001_journal_down(schema: Schema) -> None:
    schema.drop_table("nexus_position")
    schema.drop_table("nexus_event")


def m0002_replays(schema: Schema) -> None:
    schema.create_table(
        "nexus_replay",
        id=IdField(primary_key=True),
        plugin=peewee.CharField(max_length=60),
        handler=peewee.CharField(max_length=200),
        since=peewee.BigIntegerField(),
        place=peewee.BigIntegerField(),
        until=peewee.BigIntegerField(),
        expression=peewee.TextField(),
        pace=peewee.DoubleField(),
        again=peewee.BooleanField(),
        hold=peewee.BooleanField(),
        state=peewee.CharField(max_length=20),
        given=peewee.IntegerField(),
        passed=peewee.IntegerField(),
        total=peewee.IntegerField(),
        error=peewee.TextField(null=True),
        asked_by=peewee.CharField(max_length=200),
        asked=TimeField(),
        changed=TimeField(),
        indexes=[(("state",), False), (("asked",), False)],
    )


def m0002_replays_down(schema: Schema) -> None:
    schema.drop_table("nexus_replay")


def m0003_subscriptions(schema: Schema) -> None:
    schema.create_table(
        "nexus_subscription",
        id=IdField(primary_key=True),
        name=peewee.CharField(max_length=80, unique=True),
        kind=peewee.CharField(max_length=10),
        address=peewee.TextField(),
        types=peewee.CharField(max_length=300),
        expression=peewee.TextField(),
        state=peewee.CharField(max_length=10),
        reason=peewee.TextField(),
        place=peewee.BigIntegerField(),
        secret=peewee.TextField(),
        old_secret=peewee.TextField(null=True),
        old_until=TimeField(null=True),
        failing_since=TimeField(null=True),
        created_by=peewee.CharField(max_length=200),
        created=TimeField(),
        indexes=[(("state",), False)],
    )
    schema.create_table(
        "nexus_delivery",
        id=IdField(primary_key=True),
        subscription=peewee.CharField(max_length=36),
        event=peewee.TextField(),
        type=peewee.TextField(),
        place=peewee.BigIntegerField(),
        state=peewee.CharField(max_length=10),
        attempts=peewee.IntegerField(),
        due=peewee.DoubleField(),
        status=peewee.IntegerField(null=True),
        answer=peewee.TextField(),
        milliseconds=peewee.IntegerField(null=True),
        changed=TimeField(),
        indexes=[
            (("subscription", "event"), True),
            (("subscription", "place"), False),
            (("state", "due"), False),
        ],
    )


def m0003_subscriptions_down(schema: Schema) -> None:
    schema.drop_table("nexus_delivery")
    schema.drop_table("nexus_subscription")
