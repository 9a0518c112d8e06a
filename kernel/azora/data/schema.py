"""What a migration may do to its plugin's tables; each step means the same on both databases."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import peewee
from playhouse.migrate import SchemaMigrator

from azora.data.database import Dialect, PluginDatabase, Row
from azora.tables import IdField

Index = tuple[Sequence[str], bool]
"""Columns, and whether they are unique together."""


class Schema:
    """The argument of every migration.

    Tables are described in place, apart from the plugin's models: those change, history does not.
    Where the databases differ, ask `schema.dialect` and use `execute`.
    """

    def __init__(self, database: PluginDatabase) -> None:
        self.dialect: Dialect = database.dialect
        self._database = database
        self._migrator = SchemaMigrator.from_database(database.peewee, schema=database.namespace)

    def create_table(
        self,
        table: str,
        *,
        indexes: Sequence[Index] = (),
        primary_key: Sequence[str] = (),
        constraints: Sequence[str] = (),
        **columns: peewee.Field,
    ) -> None:
        """Create a table: `create_table("loan", id=IdField(primary_key=True), due=TimeField())`.

        `primary_key` names the columns of a composite one; `constraints` are SQL, such as
        `CHECK (copies >= 0)`. A foreign key (`reference`) gets an index of its own.
        """
        options: dict[str, Any] = {
            "table_name": table,
            "database": self._database.peewee,
            "legacy_table_names": False,
            "indexes": [(tuple(names), unique) for names, unique in indexes],
            "constraints": [peewee.SQL(text) for text in constraints],
        }
        if primary_key:
            options["primary_key"] = peewee.CompositeKey(*primary_key)
        model: Any = type(table, (peewee.Model,), {**columns, "Meta": type("Meta", (), options)})
        model.create_table(safe=False)

    def drop_table(self, table: str) -> None:
        """Drop a table and its rows. Fails where a view or another table still needs it."""
        self.execute(f'DROP TABLE "{table}"')

    def reference(
        self, table: str, *, key: peewee.Field | None = None, **options: Any
    ) -> peewee.ForeignKeyField:
        """A column that holds the primary key `id` of another table of this plugin.

        `author=schema.reference("author")` makes the column `author_id`; `key` is that primary
        key's type where it is no IdField; `on_delete` and `null` as in peewee.
        """
        key = key or IdField()
        key.primary_key = True
        meta = type("Meta", (), {"table_name": table, "database": self._database.peewee})
        target = type(table, (peewee.Model,), {"id": key, "Meta": meta})
        return peewee.ForeignKeyField(target, backref="+", **options)

    def add_column(self, table: str, column: str, field: peewee.Field) -> None:
        """Add a column; one that is not null needs a default, which existing rows get."""
        if isinstance(field, peewee.ForeignKeyField):
            column = column if column.endswith("_id") else f"{column}_id"
        with self._rebuilding():
            self._migrator.migrate(self._migrator.add_column(table, column, field))

    def drop_column(self, table: str, column: str) -> None:
        """Drop a column. Fails where a view reads it: drop and recreate the view as well."""
        if self.dialect == "sqlite" and self._is_foreign_key(table, column):
            self._rebuild_without(table, column)
        else:
            self._migrator.migrate(self._migrator.drop_column(table, column, cascade=False))

    def rename_column(self, table: str, old: str, new: str) -> None:
        self._migrator.migrate(self._migrator.rename_column(table, old, new))

    def change_column(self, table: str, column: str, field: peewee.Field) -> None:
        """Give a column another type; the rows must already fit it."""
        with self._rebuilding():
            self._migrator.migrate(self._migrator.alter_column_type(table, column, field))

    def require_column(self, table: str, column: str) -> None:
        """Make a column NOT NULL."""
        with self._rebuilding():
            self._migrator.migrate(self._migrator.add_not_null(table, column))

    def rename_table(self, old: str, new: str) -> None:
        self._migrator.migrate(self._migrator.rename_table(old, new))

    def add_index(
        self, table: str, *columns: str, unique: bool = False, where: str | None = None
    ) -> None:
        """Add an index named `<table>_<columns>`; `where` is SQL and makes it a partial one."""
        kind = "UNIQUE INDEX" if unique else "INDEX"
        listed = ", ".join(f'"{column}"' for column in columns)
        condition = f" WHERE {where}" if where else ""
        self.execute(
            f'CREATE {kind} "{_index_name(table, columns)}" ON "{table}" ({listed}){condition}'
        )

    def drop_index(self, table: str, *columns: str) -> None:
        """Drop the index that `add_index` made."""
        self.execute(f'DROP INDEX "{_index_name(table, columns)}"')

    def create_view(self, view: str, select: str) -> None:
        """Create a view. It is versioned by the migration that makes it, like everything else."""
        self.execute(f'CREATE VIEW "{view}" AS {select}')

    def drop_view(self, view: str) -> None:
        self.execute(f'DROP VIEW "{view}"')

    def execute(self, sql: str, *params: Any) -> list[Row]:
        """Run one statement, with `?` for parameters, and return its rows."""
        return self._database.execute(sql, *params)

    def _is_foreign_key(self, table: str, column: str) -> bool:
        return column in {key.column for key in self._database.peewee.get_foreign_keys(table)}

    def _rebuild_without(self, table: str, column: str) -> None:
        """SQLite drops no foreign key in place, and a copied table escapes its check of the views."""
        migrator: Any = self._migrator
        with self._rebuilding():
            migrator.migrate(migrator.drop_column(table, column, legacy=True))
        for view in self._database.peewee.get_views():
            self.execute(f'SELECT * FROM "{view.name}" LIMIT 0')  # noqa: S608 – constants and placeholders

    @contextmanager
    def _rebuilding(self) -> Iterator[None]:
        """SQLite copies a table to change it: let views and keys keep naming the old one meanwhile."""
        if self.dialect != "sqlite":
            yield
            return
        self.execute("PRAGMA legacy_alter_table = 1")
        try:
            yield
        finally:
            self.execute("PRAGMA legacy_alter_table = 0")


def _index_name(table: str, columns: Sequence[str]) -> str:
    return "_".join((table, *columns))
