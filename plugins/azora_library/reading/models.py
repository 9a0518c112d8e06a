"""The tables of reading: captions, and how each file was when it was last read through."""

import peewee

from azora.tables import Table, TimeField
from azora_library.catalogue.models import ResourceRow


class CaptionRow(Table):
    """The captions of a film or sound in one language, as WebVTT."""

    resource = peewee.ForeignKeyField(ResourceRow, column_name="resource", on_delete="CASCADE")
    language = peewee.CharField(max_length=3)
    content = peewee.TextField()

    class Meta:
        table_name = "library_caption"
        primary_key = peewee.CompositeKey("resource", "language")
        personal = ()
        retention = "As long as its resource."


class FileCheckRow(Table):
    """A file by its digest, and what was found when it was last read through."""

    digest = peewee.CharField(max_length=64, primary_key=True)
    checked = TimeField(index=True)
    found = peewee.CharField(max_length=12, index=True)

    class Meta:
        table_name = "library_file_check"
        personal = ()
        retention = "As long as the file."


TABLES = (CaptionRow, FileCheckRow)
