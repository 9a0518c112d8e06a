"""The tables and migrations of a small plugin, for tests of both databases."""

from types import SimpleNamespace

import peewee

from azora.tables import IdField, Table, TimeField


class Author(Table):
    id = IdField(primary_key=True)
    name = peewee.TextField()
    email = peewee.TextField(default="")

    class Meta:
        personal = ("name", "email")
        retention = "until the author asks"
        audited = True


class Book(Table):
    id = IdField(primary_key=True)
    author = peewee.ForeignKeyField(Author, on_delete="CASCADE")
    title = peewee.TextField()
    made = TimeField()
    copies = peewee.IntegerField(default=1)

    class Meta:
        personal = ()
        retention = "for ever"
        audited = True
        indexes = ((("title", "copies"), False),)


TABLES = (Author, Book)
OUTPUT = "SELECT author_id, count(*) AS books, max(made) AS latest FROM book GROUP BY author_id"


def m0001_create(schema):
    schema.create_table(
        "author",
        id=IdField(primary_key=True),
        name=peewee.TextField(),
        email=peewee.TextField(default=""),
    )
    schema.create_table(
        "book",
        id=IdField(primary_key=True),
        author=schema.reference("author", on_delete="CASCADE"),
        title=peewee.TextField(),
        made=TimeField(),
        constraints=["CHECK (title <> '')"],
    )
    schema.create_view("author_output", OUTPUT)


def m0001_create_down(schema):
    schema.drop_view("author_output")
    schema.drop_table("book")
    schema.drop_table("author")


def m0002_copies(schema):
    schema.add_column("book", "copies", peewee.IntegerField(default=1))
    schema.add_index("book", "title", "copies")


def m0002_copies_down(schema):
    schema.drop_index("book", "title", "copies")
    schema.drop_column("book", "copies")


def steps(*names, **replaced):
    """A module with some of these migrations, and others in their place."""
    own = globals()
    chosen = {name: own[name] for name in names} | {
        f"{name}_down": own[f"{name}_down"] for name in names
    }
    return SimpleNamespace(**chosen, **replaced)


FIRST = steps("m0001_create")
BOTH = steps("m0001_create", "m0002_copies")
