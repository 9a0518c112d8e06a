"""What a plugin may rely on in its database, whichever product holds it."""

from datetime import UTC, datetime

import eventlet
import peewee
import pytest
from tests.kernel.data.shop import BOTH, TABLES, Author, Book

from azora.data.database import InTransaction, WriteOutsideTransaction
from azora.data.migrations import migrate


@pytest.fixture
def shop(database):
    migrate(database, BOTH, TABLES)
    database.bind(TABLES)
    return database


def names(database):
    return {name for (name,) in database.execute("SELECT name FROM author")}


def test_a_transaction_keeps_everything_or_nothing(shop):
    with shop.transaction():
        Author.create(name="kept")
    with pytest.raises(ZeroDivisionError), shop.transaction():
        Author.create(name="lost")
        raise ZeroDivisionError
    assert names(shop) == {"kept"}


def test_a_transaction_reads_what_it_wrote_and_others_do_not_until_it_commits(shop):
    with shop.transaction():
        Author.create(name="new")
        assert names(shop) == {"new"}
        assert eventlet.spawn(names, shop).wait() == set()
    assert eventlet.spawn(names, shop).wait() == {"new"}


def test_transactions_do_not_nest(shop):
    with shop.transaction(), pytest.raises(InTransaction, match="do not nest"), shop.transaction():
        pass


def test_a_transaction_belongs_to_its_greenlet(shop):
    with shop.transaction():
        assert shop.in_transaction
        assert not eventlet.spawn(lambda: shop.in_transaction).wait()
    assert not shop.in_transaction


def test_atomic_is_a_savepoint_inside_a_transaction(shop):
    with shop.transaction():
        Author.create(name="outer")
        with pytest.raises(ZeroDivisionError), shop.peewee.atomic():
            Author.create(name="inner")
            raise ZeroDivisionError
    assert names(shop) == {"outer"}


def test_peewee_may_not_begin_a_transaction_of_its_own(shop):
    with pytest.raises(InTransaction, match=r"self\.transaction"), shop.peewee.atomic():
        pass


@pytest.mark.parametrize(
    "write",
    [
        lambda database: Author.create(name="no"),
        lambda database: database.execute("INSERT INTO author VALUES ('1', 'no', '')"),
        lambda database: database.execute("DROP TABLE book"),
    ],
)
def test_a_write_outside_a_transaction_is_refused_with_the_way_to_do_it(shop, write):
    with pytest.raises(WriteOutsideTransaction, match=r"with self\.transaction"):
        write(shop)
    assert names(shop) == set()


def test_a_timed_out_transaction_leaves_nothing_and_the_next_one_works(shop):
    with eventlet.Timeout(0.05, False), shop.transaction():
        Author.create(name="late")
        eventlet.sleep(5)
    with shop.transaction():
        Author.create(name="next")
    assert names(shop) == {"next"}


def test_a_broken_constraint_is_peewees_error_and_spoils_nothing(shop):
    with shop.transaction():
        author = Author.create(name="first")
    for bad in (
        lambda: Author.create(id=author.id, name="again"),
        lambda: Book.create(author="nobody", title="t", made=datetime.now(UTC)),
        lambda: Book.create(author=author, title="", made=datetime.now(UTC)),
    ):
        with pytest.raises(peewee.IntegrityError), shop.transaction():
            bad()
    assert names(shop) == {"first"}


def test_followers_run_after_the_commit_or_after_the_rollback(shop):
    heard = []
    with shop.transaction():
        shop.after_commit(lambda: heard.append(("committed", shop.in_transaction)))
        shop.after_rollback(lambda: heard.append("rolled back"))
        assert heard == []
    assert heard == [("committed", False)]
    with pytest.raises(ZeroDivisionError), shop.transaction():
        shop.after_commit(lambda: heard.append("wrong"))
        shop.after_rollback(lambda: heard.append("rolled back"))
        raise ZeroDivisionError
    assert heard == [("committed", False), "rolled back"]


def test_placeholders_leave_literals_and_percent_signs_alone(shop):
    with shop.transaction():
        shop.execute("INSERT INTO author VALUES (?, '100 %? of \"it\"', ?)", "1", "a%b")
    assert shop.execute("SELECT name, email FROM author WHERE email LIKE 'a%' AND id = ?", "1") == [
        ('100 %? of "it"', "a%b")
    ]


def test_times_come_back_aware_and_equal_and_naive_ones_are_refused(shop):
    moment = datetime(2026, 3, 1, 12, 30, 15, 123456, UTC)
    with shop.transaction():
        author = Author.create(name="a")
        Book.create(author=author, title="t", made=moment)
    assert Book.get().made == moment
    assert Book.select().where(Book.made == moment).count() == 1
    with pytest.raises(ValueError, match="no time zone"), shop.transaction():
        Book.create(author=author, title="u", made=datetime(2026, 3, 1))


def test_many_greenlets_write_at_once_and_none_is_lost(shop):
    def write(number):
        with shop.transaction():
            Author.create(id=str(number), name="x")
            eventlet.sleep(0)

    for greenlet in [eventlet.spawn(write, number) for number in range(100)]:
        greenlet.wait()
    assert len(shop.execute("SELECT id FROM author")) == 100


def test_a_slow_reader_sees_one_state_and_hides_nothing_from_others(shop):
    with shop.transaction():
        for number in range(5):
            Author.create(name=f"a{number}")
    reading = iter(Author.select().order_by(Author.id).iterator())
    next(reading)
    with shop.transaction():
        Author.create(name="newcomer")
    assert "newcomer" in names(shop)
    assert len(list(reading)) == 4


def test_a_heavy_read_gives_the_same_rows_as_a_plain_one(shop):
    with shop.transaction():
        Author.create(name="a")
    assert shop.heavy_read("SELECT name FROM author WHERE name = ?", "a") == [("a",)]
