"""The history of the library's tables: append-only, each step with its way back.

`library_words` is the search index: folded words by resource number, written by discovery/index.py in the
transaction that changes the resource.
"""

import peewee

from azora.data.migrations import Schema
from azora.tables import IdField, TimeField
from azora_library.bulk.migrations import m0012_bulk_edits, m0012_bulk_edits_down
from azora_library.circulation.migrations import m0004_lending, m0004_lending_down
from azora_library.custom.migrations import m0018_custom_fields, m0018_custom_fields_down
from azora_library.discovery.migrations import m0008_finding, m0008_finding_down
from azora_library.drafts.migrations import m0010_drafts, m0010_drafts_down
from azora_library.exchange.migrations import m0007_tombstones, m0007_tombstones_down
from azora_library.figures.migrations import m0014_figures, m0014_figures_down
from azora_library.harvest.migrations import m0017_harvests, m0017_harvests_down
from azora_library.history.migrations import m0009_versions, m0009_versions_down
from azora_library.imports.migrations import m0015_imports, m0015_imports_down
from azora_library.lookup.migrations import m0016_lookups, m0016_lookups_down
from azora_library.reading.migrations import m0006_reading, m0006_reading_down
from azora_library.saved.migrations import m0011_saved_searches, m0011_saved_searches_down
from azora_library.shelves.migrations import m0005_shelves, m0005_shelves_down
from azora_library.subjects.migrations import m0013_subjects, m0013_subjects_down

__all__ = [
    "m0004_lending",
    "m0004_lending_down",
    "m0005_shelves",
    "m0005_shelves_down",
    "m0006_reading",
    "m0006_reading_down",
    "m0007_tombstones",
    "m0007_tombstones_down",
    "m0008_finding",
    "m0008_finding_down",
    "m0009_versions",
    "m0009_versions_down",
    "m0010_drafts",
    "m0010_drafts_down",
    "m0011_saved_searches",
    "m0011_saved_searches_down",
    "m0012_bulk_edits",
    "m0012_bulk_edits_down",
    "m0013_subjects",
    "m0013_subjects_down",
    "m0014_figures",
    "m0014_figures_down",
    "m0015_imports",
    "m0015_imports_down",
    "m0016_lookups",
    "m0016_lookups_down",
    "m0017_harvests",
    "m0017_harvests_down",
    "m0018_custom_fields",
    "m0018_custom_fields_down",
]
"""Steps of the rooms, which are written beside their tables."""

_INDEX = {
    "sqlite": (
        (
            "CREATE VIRTUAL TABLE library_words "
            "USING fts5(title, authors, subjects, content, tokenize = 'ascii', prefix = '2 3 4')"
        ),
    ),
    "postgresql": (
        (
            "CREATE TABLE library_words (number integer PRIMARY KEY "
            "REFERENCES library_resource (number) ON DELETE CASCADE, document tsvector NOT NULL)"
        ),
        "CREATE INDEX library_words_document ON library_words USING gin (document)",
    ),
}

_ACCESS = {
    "record_access": "VARCHAR(12) NOT NULL DEFAULT 'public'",
    "file_access": "VARCHAR(12) NOT NULL DEFAULT 'public'",
    "embargo_until": "TIMESTAMP",
    "embargo_covers": "VARCHAR(12) NOT NULL DEFAULT 'file'",
}
_OF_RESOURCE = "FOREIGN KEY (resource) REFERENCES library_resource (number) ON DELETE CASCADE"


def m0001_create(schema: Schema) -> None:
    schema.create_table(
        "library_resource",
        number=peewee.AutoField(),
        id=IdField(unique=True),
        title=peewee.TextField(),
        title_key=peewee.TextField(collation='"C"' if schema.dialect == "postgresql" else None),
        type=peewee.CharField(max_length=40),
        content=peewee.TextField(),
        authors=peewee.TextField(),
        category=peewee.TextField(null=True),
        tags=peewee.TextField(),
        language=peewee.CharField(max_length=3, null=True),
        year=peewee.IntegerField(null=True),
        publisher=peewee.TextField(null=True),
        isbn=peewee.TextField(),
        issn=peewee.TextField(),
        doi=peewee.TextField(null=True),
        link=peewee.TextField(null=True),
        file_digest=peewee.CharField(max_length=64, null=True),
        file_size=peewee.BigIntegerField(null=True),
        file_name=peewee.TextField(null=True),
        file_media_type=peewee.TextField(null=True),
        source=peewee.TextField(null=True, unique=True),
        source_digest=peewee.CharField(max_length=64, null=True),
        downloads=peewee.BigIntegerField(),
        views=peewee.BigIntegerField(),
        created=TimeField(),
        updated=TimeField(),
        revision=peewee.IntegerField(),
        created_by=peewee.CharField(max_length=60, null=True, index=True),
        updated_by=peewee.CharField(max_length=60, null=True, index=True),
        indexes=[
            (("type", "number"), False),
            (("category", "number"), False),
            (("language", "number"), False),
            (("year", "number"), False),
            (("title_key", "number"), False),
            (("file_digest",), False),
        ],
        constraints=["CHECK (downloads >= 0)", "CHECK (views >= 0)", "CHECK (revision >= 1)"],
    )
    schema.create_table(
        "library_tag",
        resource=peewee.IntegerField(),
        tag=peewee.TextField(),
        primary_key=["resource", "tag"],
        indexes=[(("tag", "resource"), False)],
        constraints=[
            "FOREIGN KEY (resource) REFERENCES library_resource (number) ON DELETE CASCADE"
        ],
    )
    schema.create_table(
        "library_category",
        name=peewee.TextField(primary_key=True),
        resources=peewee.BigIntegerField(),
    )
    schema.create_table(
        "library_type",
        name=peewee.CharField(max_length=40, primary_key=True),
        label=peewee.TextField(),
    )
    for statement in _INDEX[schema.dialect]:
        schema.execute(statement)


def m0001_create_down(schema: Schema) -> None:
    for table in (
        "library_words",
        "library_type",
        "library_category",
        "library_tag",
        "library_resource",
    ):
        schema.drop_table(table)


def m0002_details(schema: Schema) -> None:
    schema.add_column("library_resource", "details", peewee.TextField(default="{}"))


def m0002_details_down(schema: Schema) -> None:
    schema.drop_column("library_resource", "details")


def m0003_access(schema: Schema) -> None:
    for name, definition in _ACCESS.items():
        schema.execute(f"ALTER TABLE library_resource ADD COLUMN {name} {definition}")
    schema.add_index("library_resource", "embargo_until")
    for count in ("public", "members"):
        schema.execute(f"ALTER TABLE library_category ADD COLUMN {count} BIGINT NOT NULL DEFAULT 0")
    schema.execute("UPDATE library_category SET public = resources")
    schema.create_table(
        "library_grant",
        resource=peewee.IntegerField(),
        subject=peewee.CharField(max_length=80, index=True),
        name=peewee.TextField(),
        expires=TimeField(null=True),
        created=TimeField(),
        created_by=peewee.CharField(max_length=60, null=True, index=True),
        primary_key=["resource", "subject"],
        constraints=[_OF_RESOURCE],
    )
    schema.create_table(
        "library_secret_link",
        id=IdField(primary_key=True),
        resource=peewee.IntegerField(index=True),
        digest=peewee.CharField(max_length=64, unique=True),
        note=peewee.TextField(),
        covers=peewee.CharField(max_length=12),
        expires=TimeField(null=True),
        uses=peewee.BigIntegerField(),
        last_used=TimeField(null=True),
        created=TimeField(),
        created_by=peewee.CharField(max_length=60, null=True, index=True),
        constraints=[_OF_RESOURCE],
    )
    schema.create_table(
        "library_access_request",
        id=IdField(primary_key=True),
        resource=peewee.IntegerField(index=True),
        person=peewee.CharField(max_length=60, index=True),
        name=peewee.TextField(),
        reason=peewee.TextField(),
        state=peewee.CharField(max_length=12),
        answer=peewee.TextField(),
        created=TimeField(),
        decided=TimeField(null=True),
        decided_by=peewee.CharField(max_length=60, null=True, index=True),
        indexes=[(("state", "id"), False)],
        constraints=[_OF_RESOURCE],
    )


def m0003_access_down(schema: Schema) -> None:
    for table in ("library_access_request", "library_secret_link", "library_grant"):
        schema.drop_table(table)
    for count in ("public", "members"):
        schema.drop_column("library_category", count)
    schema.drop_index("library_resource", "embargo_until")
    for name in _ACCESS:
        schema.drop_column("library_resource", name)
