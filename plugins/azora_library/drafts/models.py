"""The table of drafts."""

from typing import Any

import peewee

from azora.tables import IdField, Refers, Table, TimeField
from azora_library.catalogue.models import ObjectField


class DraftRow(Table):
    """What one person has typed into one opening of a form.

    One that was saved or discarded is emptied and stays `closed` for a while, so that what a browser
    sends late does not bring it back.
    """

    id = IdField(primary_key=True)
    owner = peewee.CharField(max_length=60)
    place = peewee.TextField()
    form = peewee.CharField(max_length=60)
    title = peewee.TextField(default="")
    resource = peewee.CharField(max_length=36, null=True, index=True)
    typed = ObjectField(default=dict)
    file_digest = peewee.CharField(max_length=64, null=True)
    file_size = peewee.BigIntegerField(null=True)
    file_name = peewee.TextField(null=True)
    file_media_type = peewee.TextField(null=True)
    at = TimeField(index=True)
    closed = peewee.BooleanField(default=False)

    class Meta:
        table_name = "library_draft"
        indexes = ((("owner", "at"), False),)
        personal = ("owner", "title", "typed", "file_name")
        refers = {"owner": Refers("identity.known_accounts")}
        retention = (
            "Until it is saved or discarded, its owner leaves, or AZORA_LIBRARY_KEEP_DRAFTS days."
        )


TABLES: tuple[type[Any], ...] = (DraftRow,)
