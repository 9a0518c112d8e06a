"""The tables of lending as they were first made; listed with the rest in the library's migrations."""

import peewee

from azora.data.migrations import Schema
from azora.tables import IdField, TimeField

TABLES = ("library_hold", "library_loan", "library_card", "library_copy", "library_policy")
POLICIES = (("standard", 14, 2), ("short", 1, 0), ("reference", 0, 0))


def m0004_lending(schema: Schema) -> None:
    schema.create_table(
        "library_policy",
        name=peewee.CharField(max_length=40, primary_key=True),
        days=peewee.IntegerField(),
        renewals=peewee.IntegerField(),
        constraints=["CHECK (days >= 0)", "CHECK (renewals >= 0)"],
    )
    for policy in POLICIES:
        schema.execute(
            "INSERT INTO library_policy (name, days, renewals) VALUES (?, ?, ?)", *policy
        )
    schema.create_table(
        "library_copy",
        id=IdField(primary_key=True),
        resource=peewee.IntegerField(),
        barcode=peewee.CharField(max_length=40, unique=True),
        location=peewee.TextField(),
        shelfmark=peewee.TextField(),
        policy=peewee.CharField(max_length=40, index=True),
        state=peewee.CharField(max_length=20),
        note=peewee.TextField(),
        created=TimeField(),
        indexes=[(("resource", "state"), False)],
        constraints=[
            "FOREIGN KEY (resource) REFERENCES library_resource (number) ON DELETE RESTRICT",
            "FOREIGN KEY (policy) REFERENCES library_policy (name) ON DELETE RESTRICT",
        ],
    )
    schema.create_table(
        "library_card",
        id=IdField(primary_key=True),
        number=peewee.CharField(max_length=40, unique=True),
        account=peewee.CharField(max_length=60, null=True, unique=True),
        name=peewee.TextField(),
        blocked=peewee.TextField(),
        created=TimeField(),
    )
    schema.create_table(
        "library_loan",
        id=IdField(primary_key=True),
        copy=peewee.CharField(max_length=36),
        card=peewee.CharField(max_length=36, null=True),
        started=TimeField(),
        due=TimeField(),
        returned=TimeField(null=True),
        renewals=peewee.IntegerField(),
        told=peewee.CharField(max_length=20),
        indexes=[(("card", "returned"), False), (("returned", "due"), False)],
        constraints=[
            "FOREIGN KEY (copy) REFERENCES library_copy (id) ON DELETE CASCADE",
            "FOREIGN KEY (card) REFERENCES library_card (id) ON DELETE SET NULL",
        ],
    )
    schema.add_index("library_loan", "copy", unique=True, where="returned IS NULL")
    schema.create_table(
        "library_hold",
        id=IdField(primary_key=True),
        resource=peewee.IntegerField(),
        card=peewee.CharField(max_length=36),
        state=peewee.CharField(max_length=20),
        placed=TimeField(),
        copy=peewee.CharField(max_length=36, null=True, index=True),
        until=TimeField(null=True),
        ended=TimeField(null=True),
        indexes=[
            (("resource", "state", "placed"), False),
            (("card", "state"), False),
            (("state", "until"), False),
            (("ended",), False),
        ],
        constraints=[
            "FOREIGN KEY (resource) REFERENCES library_resource (number) ON DELETE CASCADE",
            "FOREIGN KEY (card) REFERENCES library_card (id) ON DELETE CASCADE",
            "FOREIGN KEY (copy) REFERENCES library_copy (id) ON DELETE SET NULL",
        ],
    )
    schema.add_index(
        "library_hold", "resource", "card", unique=True, where="state IN ('waiting', 'ready')"
    )


def m0004_lending_down(schema: Schema) -> None:
    for table in TABLES:
        schema.drop_table(table)
