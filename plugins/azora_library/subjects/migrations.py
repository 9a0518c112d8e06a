"""The steps of the tables of categories and tags."""

import peewee

from azora.data.migrations import Schema
from azora.ids import uuid7
from azora.tables import IdField, TimeField
from azora_library.discovery import text

_COUNTS = ("resources", "public", "members")


def m0013_subjects(schema: Schema) -> None:
    """Categories get ids and places in a tree; earlier names of categories and tags are kept."""
    known = {row[0]: row[1:] for row in schema.execute(_read(schema))}
    used = schema.execute(
        "SELECT DISTINCT category FROM library_resource WHERE category IS NOT NULL"
    )
    schema.drop_table("library_category")
    by_bytes = '"C"' if schema.dialect == "postgresql" else None
    schema.create_table(
        "library_category",
        name=peewee.TextField(primary_key=True),
        id=IdField(unique=True),
        parent=peewee.CharField(max_length=36, null=True),
        notation=peewee.TextField(),
        sort_key=peewee.TextField(collation=by_bytes),
        labels=peewee.TextField(),
        retired=peewee.BooleanField(),
        resources=peewee.BigIntegerField(),
        public=peewee.BigIntegerField(),
        members=peewee.BigIntegerField(),
        indexes=[(("parent",), False), (("sort_key",), False)],
    )
    schema.create_table(
        "library_category_branch",
        ancestor=peewee.CharField(max_length=36),
        descendant=peewee.CharField(max_length=36),
        distance=peewee.IntegerField(),
        primary_key=["ancestor", "descendant"],
        indexes=[(("descendant",), False)],
    )
    schema.create_table(
        "library_earlier_name",
        kind=peewee.CharField(max_length=10),
        name=peewee.TextField(),
        successor=peewee.TextField(null=True),
        moved=peewee.IntegerField(),
        since=TimeField(),
        done=TimeField(null=True),
        by=peewee.CharField(max_length=60, null=True, index=True),
        primary_key=["kind", "name"],
        indexes=[(("kind", "successor"), False), (("done",), False)],
    )
    for name in sorted({*known, *(row[0] for row in used)}):
        id, key = uuid7(), " ".join(text.words(name))
        schema.execute(
            "INSERT INTO library_category (name, id, notation, sort_key, labels, retired, resources, "
            "public, members) VALUES (?, ?, '', ?, '{}', ?, ?, ?, ?)",
            *(name, id, key, False, *known.get(name, (0, 0, 0))),
        )
        schema.execute(
            "INSERT INTO library_category_branch (ancestor, descendant, distance) VALUES (?, ?, 0)",
            *(id, id),
        )


def m0013_subjects_down(schema: Schema) -> None:
    known = schema.execute(_read(schema))
    for table in ("library_earlier_name", "library_category_branch", "library_category"):
        schema.drop_table(table)
    schema.create_table(
        "library_category",
        name=peewee.TextField(primary_key=True),
        resources=peewee.BigIntegerField(),
    )
    for count in _COUNTS[1:]:
        schema.execute(f"ALTER TABLE library_category ADD COLUMN {count} BIGINT NOT NULL DEFAULT 0")
    for row in known:
        schema.execute(
            "INSERT INTO library_category (name, resources, public, members) VALUES (?, ?, ?, ?)",
            *row,
        )


def _read(schema: Schema) -> str:
    return f"SELECT name, {', '.join(_COUNTS)} FROM library_category"  # noqa: S608 – constants
