"""The table of what resources said before."""

from typing import Any

import peewee

from azora.tables import Refers, Table, TimeField
from azora_library.catalogue.models import ObjectField, ResourceRow


class VersionRow(Table):
    """What a resource said at a revision that is over; the present one is the resource itself."""

    resource = peewee.ForeignKeyField(ResourceRow, column_name="resource", on_delete="CASCADE")
    revision = peewee.IntegerField()
    said = ObjectField()
    file_digest = peewee.CharField(max_length=64, null=True, index=True)
    at = TimeField()
    by = peewee.CharField(max_length=60, null=True, index=True)

    class Meta:
        table_name = "library_version"
        primary_key = peewee.CompositeKey("resource", "revision")
        personal = ("by",)
        refers = {"by": Refers("identity.known_accounts", orphan="clear")}
        retention = "As long as the resource is in the catalogue; who changed it until they leave."


TABLES: tuple[type[Any], ...] = (VersionRow,)
