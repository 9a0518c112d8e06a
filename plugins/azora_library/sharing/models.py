"""The tables of who was let in, by which link, and who asked."""

from typing import Any

import peewee

from azora.tables import IdField, Refers, Table, TimeField
from azora_library.catalogue.models import ResourceRow


class GrantRow(Table):
    """A person (`user:…`) or the holders of a role (`role:…`) who may see a record and open its file."""

    resource = peewee.ForeignKeyField(ResourceRow, column_name="resource", on_delete="CASCADE")
    subject = peewee.CharField(max_length=80, index=True)
    name = peewee.TextField()
    expires = TimeField(null=True)
    created = TimeField()
    created_by = peewee.CharField(max_length=60, null=True, index=True)

    class Meta:
        table_name = "library_grant"
        primary_key = peewee.CompositeKey("resource", "subject")
        personal = ("subject", "name", "created_by")
        refers = {
            "subject": Refers("identity.known_accounts"),
            "created_by": Refers("identity.known_accounts", orphan="clear"),
        }
        retention = "Until it is taken back, the resource is removed, or the person leaves."


class SecretLinkRow(Table):
    """A link that opens a record, and its file where it `covers` that, to whoever has it."""

    id = IdField(primary_key=True)
    resource = peewee.ForeignKeyField(ResourceRow, column_name="resource", on_delete="CASCADE")
    digest = peewee.CharField(max_length=64, unique=True)
    note = peewee.TextField()
    covers = peewee.CharField(max_length=12)
    expires = TimeField(null=True)
    uses = peewee.BigIntegerField(default=0)
    last_used = TimeField(null=True)
    created = TimeField()
    created_by = peewee.CharField(max_length=60, null=True, index=True)

    class Meta:
        table_name = "library_secret_link"
        personal = ("created_by",)
        refers = {"created_by": Refers("identity.known_accounts", orphan="clear")}
        secret = ("digest",)
        retention = "Until it is revoked, or the resource is removed."


class AccessRequestRow(Table):
    """Somebody asked for access. `name` is theirs when they asked."""

    id = IdField(primary_key=True)
    resource = peewee.ForeignKeyField(ResourceRow, column_name="resource", on_delete="CASCADE")
    person = peewee.CharField(max_length=60, index=True)
    name = peewee.TextField()
    reason = peewee.TextField()
    state = peewee.CharField(max_length=12)
    answer = peewee.TextField(default="")
    created = TimeField()
    decided = TimeField(null=True)
    decided_by = peewee.CharField(max_length=60, null=True, index=True)

    class Meta:
        table_name = "library_access_request"
        indexes = ((("state", "id"), False),)
        personal = ("person", "name", "reason", "answer", "decided_by")
        refers = {
            "person": Refers("identity.known_accounts"),
            "decided_by": Refers("identity.known_accounts", orphan="clear"),
        }
        retention = "Until the resource is removed, or the person leaves."


TABLES: tuple[type[Any], ...] = (GrantRow, SecretLinkRow, AccessRequestRow)
