"""Identity's tables. Times are seconds since 1970; lists of names are separated by spaces."""

from peewee import (
    BigIntegerField,
    BooleanField,
    CharField,
    CompositeKey,
    DoubleField,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from azora import Table

WHILE_ACCOUNT = "As long as the account."


class AccountRow(Table):
    """A person. Sessions that began before `sessions_since` are void, wherever they are stored."""

    id = CharField(primary_key=True, max_length=41)
    email = CharField(max_length=254, unique=True)
    name = CharField(max_length=200)
    locale = CharField(max_length=12, null=True)
    active = BooleanField(default=True)
    created = DoubleField()
    sessions_since = DoubleField()

    class Meta:
        table_name = "account"
        personal = ("id", "email", "name", "locale")
        retention = "Until the person is erased."


class AuthenticatorRow(Table):
    """One way in which an account proves itself.

    `secret` is a hash; of the second factor, whose secret both sides need, it is sealed with a key that
    this database does not hold. `counter` is the last of its moments that was used.
    """

    id = CharField(primary_key=True, max_length=36)
    account = ForeignKeyField(AccountRow, on_delete="CASCADE")
    account_id: str
    kind = CharField(max_length=32)
    secret = TextField()
    created = DoubleField()
    expires = DoubleField(null=True)
    counter = BigIntegerField(null=True)

    class Meta:
        table_name = "authenticator"
        personal = ("account", "secret")
        retention = WHILE_ACCOUNT


class SessionRow(Table):
    id = CharField(primary_key=True, max_length=36)
    digest = CharField(max_length=64, unique=True)
    account = ForeignKeyField(AccountRow, on_delete="CASCADE")
    account_id: str
    methods = CharField(max_length=200)
    created = DoubleField()
    last_used = DoubleField(index=True)
    address = CharField(max_length=64)
    agent = CharField(max_length=200)

    class Meta:
        table_name = "session"
        personal = ("account", "address", "agent")
        secret = ("digest",)
        retention = "Until it ends; ended sessions are deleted every hour."


class TokenRow(Table):
    id = CharField(primary_key=True, max_length=36)
    digest = CharField(max_length=64, unique=True)
    account = ForeignKeyField(AccountRow, on_delete="CASCADE")
    account_id: str
    name = CharField(max_length=200)
    hint = CharField(max_length=16)
    scopes = TextField()
    created = DoubleField()
    expires = DoubleField(index=True)
    last_used = DoubleField(null=True)

    class Meta:
        table_name = "api_token"
        personal = ("account", "name", "last_used")
        secret = ("digest",)
        retention = "Until it expires or is revoked; expired tokens are deleted every hour."


class RoleRow(Table):
    name = CharField(primary_key=True, max_length=64)
    summary = CharField(max_length=200)
    permissions = TextField()

    class Meta:
        table_name = "role"
        personal = ()
        retention = "As long as the campus."


class GrantRow(Table):
    account = ForeignKeyField(AccountRow, on_delete="CASCADE")
    account_id: str
    role = ForeignKeyField(RoleRow, column_name="role")
    role_id: str
    granted = DoubleField()
    by = CharField(max_length=100)

    class Meta:
        table_name = "role_grant"
        primary_key = CompositeKey("account", "role")
        personal = ("account", "by")
        retention = WHILE_ACCOUNT


class FailuresRow(Table):
    """Failures since the last success; `key` is a digest of the account's or the network's address."""

    key = CharField(primary_key=True, max_length=64)
    failures = IntegerField()
    last = DoubleField(index=True)

    class Meta:
        table_name = "sign_in_failures"
        personal = ("key",)
        retention = "A day after the last failure."


TABLES = [AccountRow, AuthenticatorRow, SessionRow, TokenRow, RoleRow, GrantRow, FailuresRow]
