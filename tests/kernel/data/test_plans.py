"""Plans: queries on large tables use their indexes, and one that does not is found."""

import peewee
import pytest
from tests.kernel.data.shop import BOTH, TABLES, Author, Book

from azora.data.inspection import full_scans, query_plan
from azora.data.keyset import paginate
from azora.data.migrations import migrate
from azora.events.envelope import Envelope
from azora.events.inbox import Inbox
from azora.messages import ListRequest

ROWS = 12_000


@pytest.fixture
def shop(database):
    migrate(database, BOTH)
    database.bind(TABLES)
    database.audited = False
    with database.transaction():
        database.execute_many(
            "INSERT INTO author VALUES (?, 'n', '')", [(str(n),) for n in range(100)]
        )
        database.execute_many(
            "INSERT INTO book (id, author_id, title, made, copies) VALUES (?, ?, ?, ?, ?)",
            [
                (f"{n:06}", str(n % 100), f"title {n:06}", "2026-01-01 00:00:00", n % 9)
                for n in range(ROWS)
            ],
        )
        database.execute("ANALYZE")
    return database


def test_a_search_by_indexed_columns_scans_nothing(shop):
    query = Book.select().where(Book.title == "title 000042")
    assert full_scans(shop, query) == []
    assert "book_title_copies" in " ".join(query_plan(shop, query))


def test_a_search_without_an_index_is_found_as_a_scan(shop):
    assert full_scans(shop, Book.select().where(Book.copies == 3)) == ["book"]


def test_a_page_deep_in_a_list_reads_from_the_index(shop):
    seen = []
    execute = shop.run
    shop.run = lambda sql, params: seen.append((sql, params)) or execute(sql, params)
    cursor = None
    for _ in range(3):
        _, cursor = paginate(Book.select(), ListRequest(limit=50, cursor=cursor), [Book.title])
    shop.run = execute
    sql, params = seen[-1]
    explain = "EXPLAIN QUERY PLAN" if shop.dialect == "sqlite" else "EXPLAIN (COSTS OFF)"
    plan = " ".join(str(row[-1]) for row in shop.run(f"{explain} {sql}", params))
    assert "book_title_copies" in plan


def test_the_kernels_own_queries_on_the_inbox_use_its_indexes(shop):
    stored = [
        (Envelope(f"e{n}", "s", "s.t", 1, 0.0, None, b"{}"), "h", f"lane {n % 50}")
        for n in range(ROWS)
    ]
    with shop.transaction():
        Inbox(shop).insert(stored, 0.0)
        shop.execute("ANALYZE")
    inbox = peewee.Table("azora_inbox", ["seq", "event", "handler", "state", "due", "lane"]).bind(
        shop.peewee
    )
    known = inbox.select(inbox.state).where((inbox.event == "e7") & (inbox.handler == "h"))
    due = inbox.select(inbox.seq).where(peewee.SQL("state = 'pending' AND due <= -1")).limit(1)
    assert full_scans(shop, known) == []
    assert full_scans(shop, due) == []


def test_deleting_an_author_finds_its_books_by_index(shop):
    assert full_scans(shop, Book.select().where(Book.author == Author(id="7"))) == []
