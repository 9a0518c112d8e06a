"""How identity's tables came to be: numbered, append-only."""

from peewee import BigIntegerField, BooleanField, CharField, DoubleField, IntegerField, TextField

from azora.data.schema import Schema


def _account(schema: Schema):  # type: ignore[no-untyped-def]
    return schema.reference("account", key=CharField(max_length=41), on_delete="CASCADE")


def m0001_create(schema: Schema) -> None:
    schema.create_table(
        "account",
        id=CharField(primary_key=True, max_length=41),
        email=CharField(max_length=254, unique=True),
        name=CharField(max_length=200),
        locale=CharField(max_length=12, null=True),
        active=BooleanField(),
        created=DoubleField(),
        sessions_since=DoubleField(),
        indexes=[(("name", "id"), False)],
    )
    schema.create_table(
        "authenticator",
        id=CharField(primary_key=True, max_length=36),
        account=_account(schema),
        kind=CharField(max_length=32),
        secret=TextField(),
        created=DoubleField(),
        expires=DoubleField(null=True),
    )
    schema.create_table(
        "session",
        id=CharField(primary_key=True, max_length=36),
        digest=CharField(max_length=64, unique=True),
        account=_account(schema),
        methods=CharField(max_length=200),
        created=DoubleField(),
        last_used=DoubleField(index=True),
        address=CharField(max_length=64),
        agent=CharField(max_length=200),
    )
    schema.create_table(
        "api_token",
        id=CharField(primary_key=True, max_length=36),
        digest=CharField(max_length=64, unique=True),
        account=_account(schema),
        name=CharField(max_length=200),
        hint=CharField(max_length=16),
        scopes=TextField(),
        created=DoubleField(),
        expires=DoubleField(index=True),
        last_used=DoubleField(null=True),
    )
    schema.create_table(
        "role",
        name=CharField(primary_key=True, max_length=64),
        summary=CharField(max_length=200),
        permissions=TextField(),
    )
    schema.create_table(
        "role_grant",
        account=_account(schema),
        role=CharField(max_length=64, index=True),
        granted=DoubleField(),
        by=CharField(max_length=100),
        primary_key=("account", "role"),
        constraints=['FOREIGN KEY ("role") REFERENCES "role" ("name")'],
    )
    schema.create_table(
        "sign_in_failures",
        key=CharField(primary_key=True, max_length=64),
        failures=IntegerField(),
        last=DoubleField(index=True),
    )


def m0001_create_down(schema: Schema) -> None:
    tables = (
        "sign_in_failures",
        "role_grant",
        "role",
        "api_token",
        "session",
        "authenticator",
        "account",
    )
    for table in tables:
        schema.drop_table(table)


def m0002_second_factor(schema: Schema) -> None:
    schema.add_column("authenticator", "counter", BigIntegerField(null=True))


def m0002_second_factor_down(schema: Schema) -> None:
    schema.drop_column("authenticator", "counter")
