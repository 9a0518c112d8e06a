"""The tables of imports as they were first made; listed with the rest in the library's migrations."""

import peewee

from azora.data.migrations import Schema
from azora.tables import IdField, TimeField


def m0015_imports(schema: Schema) -> None:
    schema.create_table(
        "library_import",
        id=IdField(primary_key=True),
        source=peewee.CharField(max_length=80),
        state=peewee.CharField(max_length=12, index=True),
        format=peewee.CharField(max_length=40),
        encoding=peewee.CharField(max_length=40, null=True),
        mapping=peewee.TextField(),
        dry_run=peewee.BooleanField(),
        file_digest=peewee.CharField(max_length=64, null=True),
        file_size=peewee.BigIntegerField(null=True),
        file_name=peewee.TextField(null=True),
        file_media_type=peewee.TextField(null=True),
        position=peewee.BigIntegerField(),
        problem=peewee.TextField(null=True),
        created=TimeField(),
        changed=TimeField(),
        created_by=peewee.CharField(max_length=60, null=True, index=True),
        read=peewee.IntegerField(),
        added=peewee.IntegerField(),
        updated=peewee.IntegerField(),
        unchanged=peewee.IntegerField(),
        refused=peewee.IntegerField(),
        taken_back=peewee.IntegerField(),
        kept=peewee.IntegerField(),
    )
    schema.create_table(
        "library_import_refusal",
        run=peewee.CharField(max_length=36),
        record=peewee.IntegerField(),
        key=peewee.TextField(null=True),
        reason=peewee.TextField(),
        primary_key=["run", "record"],
    )
    schema.create_table(
        "library_import_record",
        run=peewee.CharField(max_length=36),
        resource=peewee.CharField(max_length=36),
        outcome=peewee.CharField(max_length=8),
        revision=peewee.IntegerField(),
        first_revision=peewee.IntegerField(),
        digest_before=peewee.CharField(max_length=64, null=True),
        kept=peewee.TextField(null=True),
        primary_key=["run", "resource"],
    )
    schema.create_table(
        "library_import_mapping",
        headings=peewee.CharField(max_length=64, primary_key=True),
        mapping=peewee.TextField(),
        changed=TimeField(),
    )


def m0015_imports_down(schema: Schema) -> None:
    for table in ("mapping", "record", "refusal"):
        schema.drop_table(f"library_import_{table}")
    schema.drop_table("library_import")
