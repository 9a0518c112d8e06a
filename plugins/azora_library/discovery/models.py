"""The tables by which resources are found; the search index itself, `library_words`, is index.py's."""

from typing import Any

import peewee

from azora.tables import Table

AS_RESOURCE = "As long as its resource."
AS_LIBRARY = "As long as the library."


class HeadingRow(Table):
    """An author, tag or publisher: see headings.py."""

    id = peewee.BigIntegerField(primary_key=True)
    kind = peewee.IntegerField()
    value = peewee.TextField()
    sort_key = peewee.TextField()
    spoken = peewee.TextField()

    class Meta:
        table_name = "library_heading"
        indexes = ((("kind", "sort_key"), False), (("kind", "spoken"), False))
        derived = True
        personal = ()
        retention = AS_LIBRARY


class FilingRow(Table):
    """A resource under one of its headings."""

    resource = peewee.IntegerField()
    kind = peewee.IntegerField()
    heading = peewee.BigIntegerField()

    class Meta:
        table_name = "library_filing"
        primary_key = peewee.CompositeKey("resource", "kind", "heading")
        indexes = ((("heading", "resource"), False),)
        derived = True
        personal = ()
        retention = AS_RESOURCE


class TermRow(Table):
    """A word of some title, author or subject: see vocabulary.py."""

    word = peewee.CharField(max_length=30, primary_key=True)

    class Meta:
        table_name = "library_term"
        derived = True
        personal = ()
        retention = AS_LIBRARY


class ReferenceRow(Table):
    """What a resource refers to: see references.py."""

    resource = peewee.IntegerField()
    target = peewee.TextField()

    class Meta:
        table_name = "library_reference"
        primary_key = peewee.CompositeKey("resource", "target")
        indexes = ((("target", "resource"), False),)
        derived = True
        personal = ()
        retention = AS_RESOURCE


TABLES: tuple[type[Any], ...] = (HeadingRow, FilingRow, TermRow, ReferenceRow)
