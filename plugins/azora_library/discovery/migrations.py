"""The tables of the search as they were first made; listed with the rest in the library's migrations."""

import json

import peewee

from azora.data.migrations import Schema
from azora_library.discovery import headings, text
from azora_library.discovery.references import cited_in

_OF_RESOURCE = "FOREIGN KEY (resource) REFERENCES library_resource (number) ON DELETE CASCADE"
_FACETS = "number, type, category, language, year, file_digest, record_access, embargo_until"


def m0008_finding(schema: Schema) -> None:
    """Headings take the place of tags; SQLite's index answers the first letter of a word as well."""
    by_bytes = '"C"' if schema.dialect == "postgresql" else None
    schema.create_table(
        "library_heading",
        id=peewee.BigIntegerField(primary_key=True),
        kind=peewee.IntegerField(),
        value=peewee.TextField(),
        sort_key=peewee.TextField(collation=by_bytes),
        spoken=peewee.TextField(collation=by_bytes),
        indexes=[(("kind", "sort_key"), False), (("kind", "spoken"), False)],
    )
    schema.create_table(
        "library_filing",
        resource=peewee.IntegerField(),
        kind=peewee.IntegerField(),
        heading=peewee.BigIntegerField(),
        primary_key=["resource", "kind", "heading"],
        indexes=[(("heading", "resource"), False)],
        constraints=[_OF_RESOURCE],
    )
    schema.create_table("library_term", word=peewee.CharField(max_length=30, primary_key=True))
    schema.create_table(
        "library_reference",
        resource=peewee.IntegerField(),
        target=peewee.TextField(),
        primary_key=["resource", "target"],
        indexes=[(("target", "resource"), False)],
        constraints=[_OF_RESOURCE],
    )
    schema.execute(
        f"CREATE INDEX library_resource_facets ON library_resource ({_FACETS}, embargo_covers)"
    )
    _prefixes(schema, "1 2 3")
    _file_everything(schema)
    schema.drop_table("library_tag")


def m0008_finding_down(schema: Schema) -> None:
    schema.create_table(
        "library_tag",
        resource=peewee.IntegerField(),
        tag=peewee.TextField(),
        primary_key=["resource", "tag"],
        indexes=[(("tag", "resource"), False)],
        constraints=[_OF_RESOURCE],
    )
    for number, tags in schema.execute("SELECT number, tags FROM library_resource"):
        for tag in sorted(set(json.loads(tags))):
            schema.execute("INSERT INTO library_tag (resource, tag) VALUES (?, ?)", number, tag)
    _prefixes(schema, "2 3 4")
    schema.execute("DROP INDEX library_resource_facets")
    for table in ("library_reference", "library_term", "library_filing", "library_heading"):
        schema.drop_table(table)


def _prefixes(schema: Schema, lengths: str) -> None:
    """Give SQLite's index prefixes of other lengths: its words move over as they are."""
    if schema.dialect != "sqlite":
        return
    schema.execute(
        "CREATE VIRTUAL TABLE library_words_new USING fts5("
        f"title, authors, subjects, content, tokenize = 'ascii', prefix = '{lengths}')"
    )
    schema.execute(
        "INSERT INTO library_words_new (rowid, title, authors, subjects, content) "
        "SELECT rowid, title, authors, subjects, content FROM library_words"
    )
    schema.drop_table("library_words")
    schema.execute("ALTER TABLE library_words_new RENAME TO library_words")


def _file_everything(schema: Schema) -> None:
    """File every resource under its authors, tags and publisher, note its references and learn its words."""
    ours = "number, title, authors, tags, publisher, category, details"
    for number, title, authors, tags, publisher, category, details in schema.execute(
        f"SELECT {ours} FROM library_resource"  # noqa: S608 – constants and placeholders
    ):
        names, subjects = json.loads(authors), json.loads(tags)
        filed = [
            *map(headings.author, names),
            *(headings.plain("tag", tag) for tag in subjects),
            *(headings.plain("publisher", name) for name in [publisher] if name),
        ]
        for heading in sorted(set(filed)):
            schema.execute(
                "INSERT INTO library_heading (id, kind, value, sort_key, spoken) "
                "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                *heading,
            )
            schema.execute(
                "INSERT INTO library_filing (resource, kind, heading) VALUES (?, ?, ?)",
                *(number, heading.kind, heading.id),
            )
        told = json.loads(details)
        for target in sorted(set(cited_in(told))) if isinstance(told, dict) else ():
            schema.execute(
                "INSERT INTO library_reference (resource, target) VALUES (?, ?)", number, target
            )
        said = " ".join([title, *names, *subjects, category or "", publisher or ""])
        for word in sorted({word for word in text.words(said) if len(word) <= 25}):
            schema.execute(
                "INSERT INTO library_term (word) VALUES (?) ON CONFLICT DO NOTHING", word
            )
