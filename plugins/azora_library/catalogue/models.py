"""The library's tables.

`number` is the key inside (it is the row id of the search index too), `id` the one that the world
sees. The search index itself, `library_words`, differs between databases: see discovery/index.py.
"""

import json
from typing import Any

import peewee

from azora.tables import IdField, Refers, Table, TimeField


class ListField(peewee.TextField):
    """A list of short texts, as JSON."""

    def db_value(self, value: list[str]) -> str:
        return json.dumps(value, ensure_ascii=False)

    def python_value(self, value: str) -> list[str]:
        return json.loads(value)


class ObjectField(peewee.TextField):
    """An object, as JSON."""

    def db_value(self, value: dict[str, Any]) -> str:
        return json.dumps(value, ensure_ascii=False)

    def python_value(self, value: str) -> dict[str, Any]:
        return json.loads(value)


class ResourceRow(Table):
    """One resource. `source` names the record it was imported from, `source_digest` what that said."""

    number = peewee.AutoField()
    id = IdField(unique=True)
    title = peewee.TextField()
    title_key = peewee.TextField(index=True)
    type = peewee.CharField(max_length=40, index=True)
    content = peewee.TextField(default="")
    authors = ListField(default=list)
    category = peewee.TextField(null=True, index=True)
    tags = ListField(default=list)
    language = peewee.CharField(max_length=3, null=True, index=True)
    year = peewee.IntegerField(null=True, index=True)
    publisher = peewee.TextField(null=True)
    isbn = ListField(default=list)
    issn = ListField(default=list)
    doi = peewee.TextField(null=True, index=True)
    link = peewee.TextField(null=True)
    details = ObjectField(default=dict)
    custom = ObjectField(default=dict)
    file_digest = peewee.CharField(max_length=64, null=True)
    file_size = peewee.BigIntegerField(null=True)
    file_name = peewee.TextField(null=True)
    file_media_type = peewee.TextField(null=True)
    source = peewee.TextField(null=True, unique=True)
    source_digest = peewee.CharField(max_length=64, null=True)
    downloads = peewee.BigIntegerField(default=0)
    views = peewee.BigIntegerField(default=0)
    created = TimeField()
    updated = TimeField()
    revision = peewee.IntegerField(default=1)
    record_access = peewee.CharField(max_length=12, default="public")
    file_access = peewee.CharField(max_length=12, default="public")
    embargo_until = TimeField(null=True, index=True)
    embargo_covers = peewee.CharField(max_length=12, default="file")
    created_by = peewee.CharField(max_length=60, null=True, index=True)
    updated_by = peewee.CharField(max_length=60, null=True, index=True)

    class Meta:
        table_name = "library_resource"
        personal = ("created_by", "updated_by")
        refers = {
            "created_by": Refers("identity.known_accounts", orphan="clear"),
            "updated_by": Refers("identity.known_accounts", orphan="clear"),
        }
        retention = (
            "As long as the resource is in the catalogue; who catalogued it until they leave."
        )


class TypeRow(Table):
    """A type that a plugin or a librarian registered beside the built-in ones."""

    name = peewee.CharField(max_length=40, primary_key=True)
    label = peewee.TextField()

    class Meta:
        table_name = "library_type"
        personal = ()
        retention = "As long as the library."


TABLES: tuple[type[Any], ...] = (ResourceRow, TypeRow)
