"""The kernel's own tables in every plugin's database: events out and in, jobs, leases, replies, audit, orphans."""

import peewee

from azora.data import audit_sql as sql
from azora.data.schema import Schema

_AUDIT_FUNCTION = sql.FIRST_AUDIT_FUNCTION


def m0001_events(schema: Schema) -> None:
    schema.create_table(
        "azora_outbox",
        seq=peewee.BigAutoField(),
        id=peewee.TextField(),
        type=peewee.TextField(),
        version=peewee.IntegerField(),
        time=peewee.DoubleField(),
        key=peewee.TextField(null=True),
        data=peewee.BlobField(),
        traceparent=peewee.TextField(null=True),
        cause=peewee.TextField(null=True),
    )
    schema.create_table(
        "azora_inbox",
        seq=peewee.BigAutoField(),
        event=peewee.TextField(),
        handler=peewee.TextField(),
        state=peewee.TextField(),
        attempts=peewee.IntegerField(),
        crashes=peewee.IntegerField(),
        due=peewee.DoubleField(),
        changed=peewee.DoubleField(),
        lane=peewee.TextField(null=True),
        source=peewee.TextField(),
        type=peewee.TextField(),
        version=peewee.IntegerField(),
        time=peewee.DoubleField(),
        key=peewee.TextField(null=True),
        data=peewee.BlobField(null=True),
        traceparent=peewee.TextField(null=True),
        cause=peewee.TextField(null=True),
        error=peewee.TextField(null=True),
        stack=peewee.TextField(null=True),
        indexes=[(("event", "handler"), True)],
    )
    schema.add_index("azora_inbox", "due", "seq", where="state = 'pending'")
    schema.add_index(
        "azora_inbox",
        "lane",
        "seq",
        where="lane IS NOT NULL AND state IN ('pending', 'running', 'parked')",
    )
    schema.add_index("azora_inbox", "state", where="state IN ('running', 'parked')")
    schema.add_index("azora_inbox", "crashes", where="state = 'pending' AND crashes > 0")
    schema.add_index("azora_inbox", "changed", where="state IN ('done', 'discarded')")


def m0001_events_down(schema: Schema) -> None:
    schema.drop_table("azora_inbox")
    schema.drop_table("azora_outbox")


def m0002_leases_and_jobs(schema: Schema) -> None:
    schema.create_table(
        "azora_leases",
        name=peewee.TextField(primary_key=True),
        owner=peewee.TextField(),
        until=peewee.DoubleField(),
    )
    schema.create_table(
        "azora_jobs",
        job=peewee.TextField(),
        due=peewee.DoubleField(),
        state=peewee.TextField(),
        owner=peewee.TextField(),
        until=peewee.DoubleField(),
        attempts=peewee.IntegerField(),
        error=peewee.TextField(null=True),
        primary_key=["job", "due"],
    )


def m0002_leases_and_jobs_down(schema: Schema) -> None:
    schema.drop_table("azora_jobs")
    schema.drop_table("azora_leases")


def m0003_idempotency(schema: Schema) -> None:
    schema.create_table(
        "azora_idempotency",
        key=peewee.TextField(),
        scope=peewee.TextField(),
        request=peewee.TextField(),
        status=peewee.IntegerField(null=True),
        headers=peewee.TextField(null=True),
        body=peewee.BlobField(null=True),
        until=peewee.DoubleField(),
        primary_key=["scope", "key"],
    )
    schema.add_index("azora_idempotency", "until")


def m0003_idempotency_down(schema: Schema) -> None:
    schema.drop_table("azora_idempotency")


def m0004_audit(schema: Schema) -> None:
    schema.create_table(
        "azora_audit",
        seq=peewee.BigAutoField(),
        at=peewee.DoubleField(),
        actor=peewee.TextField(),
        entity=peewee.TextField(),
        row=peewee.TextField(),
        action=peewee.TextField(),
        before=peewee.TextField(null=True),
        after=peewee.TextField(null=True),
        indexes=[(("entity", "row"), False)],
    )
    if schema.dialect == "sqlite":
        schema.create_table(
            "azora_acting", id=peewee.IntegerField(primary_key=True), actor=peewee.TextField()
        )
    else:
        schema.execute(_AUDIT_FUNCTION)


def m0004_audit_down(schema: Schema) -> None:
    if schema.dialect == "sqlite":
        schema.drop_table("azora_acting")
    else:
        schema.execute("DROP FUNCTION azora_audit_row()")
    schema.drop_table("azora_audit")


def m0005_owner_of_what_runs(schema: Schema) -> None:
    schema.add_column("azora_inbox", "owner", peewee.TextField(null=True))


def m0005_owner_of_what_runs_down(schema: Schema) -> None:
    schema.drop_column("azora_inbox", "owner")


def m0006_audit_trail(schema: Schema) -> None:
    for column in ("act", "outcome", "address", "trace", "digest"):
        schema.add_column("azora_audit", column, peewee.TextField(null=True))
    schema.add_column("azora_audit", "link", peewee.BigIntegerField(null=True))
    schema.add_index("azora_audit", "link", unique=True)
    schema.add_index("azora_audit", "at")
    schema.add_index("azora_audit", "act")
    schema.add_index("azora_audit", "actor", "at")
    if schema.dialect == "sqlite":
        schema.add_column("azora_acting", "act", peewee.TextField(null=True))
        sealed = {"name": "update", "event": sql.CHANGE, "when": "OLD.link IS NOT NULL"}
        young = {"name": "delete", "event": "DELETE", "when": sql.NOT_PRUNED}
        schema.execute(sql.SQLITE_KEEPS.format(**sealed))
        schema.execute(sql.SQLITE_KEEPS.format(**young))
    else:
        schema.execute(sql.POSTGRES_RECORDS)
        schema.execute(sql.POSTGRES_REFUSES)
        schema.execute(sql.POSTGRES_KEEPS)


def m0006_audit_trail_down(schema: Schema) -> None:
    if schema.dialect == "sqlite":
        schema.execute("DROP TRIGGER azora_trail_delete")
        schema.execute("DROP TRIGGER azora_trail_update")
        schema.drop_column("azora_acting", "act")
    else:
        schema.execute("DROP TRIGGER azora_trail ON azora_audit")
        schema.execute("DROP FUNCTION azora_trail_kept()")
        schema.execute(_AUDIT_FUNCTION.replace("CREATE", "CREATE OR REPLACE", 1))
    schema.drop_index("azora_audit", "actor", "at")
    schema.drop_index("azora_audit", "act")
    schema.drop_index("azora_audit", "at")
    schema.drop_index("azora_audit", "link")
    for column in ("link", "digest", "trace", "address", "outcome", "act"):
        schema.drop_column("azora_audit", column)


def m0007_orphans(schema: Schema) -> None:
    schema.create_table(
        "azora_orphans",
        entity=peewee.TextField(),
        field=peewee.TextField(),
        value=peewee.TextField(),
        found=peewee.DoubleField(),
        primary_key=["entity", "field", "value"],
    )


def m0007_orphans_down(schema: Schema) -> None:
    schema.drop_table("azora_orphans")


def m0008_person_keys(schema: Schema) -> None:
    schema.create_table(
        "azora_person_keys",
        person=peewee.TextField(primary_key=True),
        id=peewee.TextField(unique=True),
        secret=peewee.BlobField(null=True),
        born=peewee.DoubleField(),
        erased=peewee.DoubleField(null=True),
    )


def m0008_person_keys_down(schema: Schema) -> None:
    schema.drop_table("azora_person_keys")


def m0009_settings(schema: Schema) -> None:
    schema.create_table(
        "azora_settings",
        section=peewee.TextField(),
        name=peewee.TextField(),
        value=peewee.TextField(),
        changed=peewee.DoubleField(),
        primary_key=["section", "name"],
    )


def m0009_settings_down(schema: Schema) -> None:
    schema.drop_table("azora_settings")


def m0010_event_log(schema: Schema) -> None:
    schema.create_table(
        "azora_log",
        seq=peewee.BigAutoField(),
        id=peewee.TextField(unique=True),
        source=peewee.TextField(),
        type=peewee.TextField(),
        version=peewee.IntegerField(),
        time=peewee.DoubleField(),
        key=peewee.TextField(null=True),
        data=peewee.BlobField(),
        traceparent=peewee.TextField(null=True),
        cause=peewee.TextField(null=True),
    )
    schema.add_index("azora_log", "type", "time")


def m0010_event_log_down(schema: Schema) -> None:
    schema.drop_table("azora_log")


def m0011_paused_and_replayed(schema: Schema) -> None:
    schema.create_table(
        "azora_pauses",
        handler=peewee.TextField(primary_key=True),
        mode=peewee.TextField(),
        since=peewee.DoubleField(),
    )
    schema.create_table(
        "azora_replays",
        replay=peewee.TextField(primary_key=True),
        place=peewee.BigIntegerField(),
        changed=peewee.DoubleField(),
    )


def m0011_paused_and_replayed_down(schema: Schema) -> None:
    schema.drop_table("azora_replays")
    schema.drop_table("azora_pauses")


def m0012_event_schemas(schema: Schema) -> None:
    schema.create_table(
        "azora_event_schemas",
        type=peewee.TextField(),
        version=peewee.IntegerField(),
        digest=peewee.TextField(),
        schema=peewee.TextField(),
        since=peewee.DoubleField(),
        primary_key=["type", "version", "digest"],
    )


def m0012_event_schemas_down(schema: Schema) -> None:
    schema.drop_table("azora_event_schemas")


def m0013_events_in_batches(schema: Schema) -> None:
    schema.create_table(
        "azora_retold",
        seq=peewee.BigAutoField(),
        handler=peewee.TextField(),
        first=peewee.TextField(),
        last=peewee.TextField(),
        ids=peewee.TextField(),
        changed=peewee.DoubleField(),
        indexes=[(("handler", "last"), False), (("changed",), False)],
    )
    schema.add_column("azora_replays", "tried", peewee.BigIntegerField(null=True))


def m0013_events_in_batches_down(schema: Schema) -> None:
    schema.drop_column("azora_replays", "tried")
    schema.drop_table("azora_retold")
