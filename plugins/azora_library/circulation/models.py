"""The tables of lending. What a person borrowed is forgotten some days after it came back."""

import peewee

from azora.tables import IdField, Refers, Table, TimeField
from azora_library.catalogue.models import ResourceRow
from azora_library.circulation.domain import CopyState, HoldState


class PolicyRow(Table):
    """On what terms copies are lent, under a name that labels carry: `standard`, `short`."""

    name = peewee.CharField(max_length=40, primary_key=True)
    days = peewee.IntegerField()
    renewals = peewee.IntegerField()

    class Meta:
        table_name = "library_policy"
        personal = ()
        retention = "As long as the library."


class CopyRow(Table):
    """One physical copy of a resource; its barcode is on its label."""

    id = IdField(primary_key=True)
    resource = peewee.ForeignKeyField(ResourceRow, column_name="resource", on_delete="RESTRICT")
    barcode = peewee.CharField(max_length=40, unique=True)
    location = peewee.TextField(default="")
    shelfmark = peewee.TextField(default="")
    policy = peewee.ForeignKeyField(PolicyRow, column_name="policy", on_delete="RESTRICT")
    state = peewee.CharField(max_length=20, default=CopyState.AVAILABLE)
    note = peewee.TextField(default="")
    created = TimeField()

    class Meta:
        table_name = "library_copy"
        personal = ()
        retention = "As long as the library has the copy."


class CardRow(Table):
    """Somebody who may borrow: with an account, or, where they have none, by their card alone."""

    id = IdField(primary_key=True)
    number = peewee.CharField(max_length=40, unique=True)
    account = peewee.CharField(max_length=60, null=True, unique=True)
    name = peewee.TextField()
    blocked = peewee.TextField(default="")
    created = TimeField()

    class Meta:
        table_name = "library_card"
        personal = ("number", "account", "name", "blocked")
        refers = {"account": Refers("identity.known_accounts")}
        retention = "Until the person leaves and everything is back."


class LoanRow(Table):
    """One copy in somebody's hands; `card` is forgotten some days after it came back."""

    id = IdField(primary_key=True)
    copy = peewee.ForeignKeyField(CopyRow, column_name="copy", on_delete="CASCADE")
    card = peewee.ForeignKeyField(CardRow, column_name="card", null=True, on_delete="SET NULL")
    started = TimeField()
    due = TimeField()
    returned = TimeField(null=True)
    renewals = peewee.IntegerField(default=0)
    told = peewee.CharField(max_length=20, default="running")

    class Meta:
        table_name = "library_loan"
        personal = ("card",)
        retention = "The loan for statistics; whose it was, for AZORA_LIBRARY_KEEP_LOANS days."


class HoldRow(Table):
    """Somebody's place in the queue for a resource, then the copy that stands ready for them."""

    id = IdField(primary_key=True)
    resource = peewee.ForeignKeyField(ResourceRow, column_name="resource", on_delete="CASCADE")
    card = peewee.ForeignKeyField(CardRow, column_name="card", on_delete="CASCADE")
    state = peewee.CharField(max_length=20, default=HoldState.WAITING)
    placed = TimeField()
    copy = peewee.ForeignKeyField(CopyRow, column_name="copy", null=True, on_delete="SET NULL")
    until = TimeField(null=True)
    ended = TimeField(null=True)

    class Meta:
        table_name = "library_hold"
        personal = ("card",)
        retention = "Until AZORA_LIBRARY_KEEP_LOANS days after it ended."


TABLES = (PolicyRow, CopyRow, CardRow, LoanRow, HoldRow)
