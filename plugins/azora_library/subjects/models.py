"""The tables of categories and tags.

A resource names its category, so that records which come and go carry what people read. The tree
knows each category by its id too, which stays when it is renamed.
"""

from typing import Any

import peewee

from azora.tables import IdField, Refers, Table, TimeField
from azora_library.catalogue.models import ObjectField

AS_LIBRARY = "As long as the library."


class CategoryRow(Table):
    """A category, its place in the tree, and how many resources stand in it.

    `public` and `members` of its `resources` are those that everybody, or every member, sees; all three
    are counted from events, so that nobody counts rows. `labels` are its names in other languages. A
    `retired` one is hidden and gone as soon as its last resource has moved on.
    """

    name = peewee.TextField(primary_key=True)
    id = IdField(unique=True)
    parent = peewee.CharField(max_length=36, null=True, index=True)
    notation = peewee.TextField(default="")
    sort_key = peewee.TextField(index=True)
    labels = ObjectField(default=dict)
    retired = peewee.BooleanField(default=False)
    resources = peewee.BigIntegerField(default=0)
    public = peewee.BigIntegerField(default=0)
    members = peewee.BigIntegerField(default=0)

    class Meta:
        table_name = "library_category"
        personal = ()
        retention = AS_LIBRARY


class BranchRow(Table):
    """That one category is below another, or is it: every pair, so that a branch is one look-up."""

    ancestor = peewee.CharField(max_length=36)
    descendant = peewee.CharField(max_length=36, index=True)
    distance = peewee.IntegerField()

    class Meta:
        table_name = "library_category_branch"
        primary_key = peewee.CompositeKey("ancestor", "descendant")
        personal = ()
        retention = AS_LIBRARY


class EarlierNameRow(Table):
    """What a category or tag was called, and what it is called now (nothing, where it was removed).

    While `done` is empty its resources are being moved. Afterwards whoever still says the earlier name
    is understood; of what was removed nothing is kept.
    """

    kind = peewee.CharField(max_length=10)
    name = peewee.TextField()
    successor = peewee.TextField(null=True)
    moved = peewee.IntegerField(default=0)
    since = TimeField()
    done = TimeField(null=True, index=True)
    by = peewee.CharField(max_length=60, null=True, index=True)

    class Meta:
        table_name = "library_earlier_name"
        primary_key = peewee.CompositeKey("kind", "name")
        indexes = ((("kind", "successor"), False),)
        personal = ("by",)
        refers = {"by": Refers("identity.known_accounts", orphan="clear")}
        retention = AS_LIBRARY


TABLES: tuple[type[Any], ...] = (CategoryRow, BranchRow, EarlierNameRow)
