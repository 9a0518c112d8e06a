"""Many rows by one statement are the rows that peewee would have written."""

from datetime import UTC, datetime

import peewee
import pytest
from tests.kernel.data.shop import BOTH, TABLES, Author, Book, steps

from azora.data.bulk import insert_rows
from azora.data.migrations import migrate
from azora.tables import Table

MADE = datetime(2026, 1, 1, 12, 30, tzinfo=UTC)


@pytest.fixture
def shop(database):
    migrate(database, BOTH, TABLES)
    database.bind(TABLES)
    return database


def books(count):
    return [Book(id=f"b{n}", author="a", title=f"Title {n}", made=MADE) for n in range(count)]


def test_rows_come_back_as_they_went_in_with_their_defaults(shop):
    with shop.transaction():
        insert_rows(shop, [Author(id="a", name="N")])
        insert_rows(shop, books(450))
    found = list(Book.select().order_by(Book.title))
    assert len(found) == 450
    assert (found[0].id, found[0].author_id, found[0].made, found[0].copies) == ("b0", "a", MADE, 1)


def test_one_row_that_the_database_refuses_leaves_none(shop):
    with pytest.raises(peewee.IntegrityError), shop.transaction():
        insert_rows(shop, [Author(id="a", name="N")])
        insert_rows(shop, [*books(3), Book(id="b0", author="a", title="Twice", made=MADE)])
    assert not Author.select().exists()


def test_no_rows_are_no_statement(shop):
    insert_rows(shop, [])


def test_derived_rows_leave_nothing_in_the_trail(shop):
    class Word(Table):
        word = peewee.TextField(primary_key=True)

        class Meta:
            derived = True
            audited = True
            personal = ()
            retention = "as long as the books"

    def m0003_words(schema):
        schema.create_table("word", word=peewee.TextField(primary_key=True))

    def m0003_words_down(schema):
        schema.drop_table("word")

    more = steps(
        "m0001_create", "m0002_copies", m0003_words=m0003_words, m0003_words_down=m0003_words_down
    )
    migrate(shop, more, [*TABLES, Word])
    shop.bind([*TABLES, Word])
    with shop.transaction():
        insert_rows(shop, [Word(word="one")])
        insert_rows(shop, [Author(id="a", name="N")])
    assert shop.execute("SELECT DISTINCT entity FROM azora_audit") == [("author",)]
