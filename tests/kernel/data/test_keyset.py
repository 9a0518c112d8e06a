"""Pages by keyset: complete, without doubles, whatever is inserted between them."""

from datetime import UTC, datetime, timedelta

import peewee
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azora.data.database import InTransaction
from azora.data.keyset import paginate
from azora.data.selection import select_fields
from azora.errors import Invalid, NotAllowed
from azora.messages import ListRequest
from azora.tables import IdField, Table, TimeField

START = datetime(2026, 1, 1, tzinfo=UTC)


class Item(Table):
    id = IdField(primary_key=True)
    rank = peewee.IntegerField()
    made = TimeField()
    note = peewee.TextField(null=True)

    class Meta:
        personal = ()
        retention = "for ever"


ORDERS = {
    "rank": [Item.rank],
    "newest": [Item.made.desc()],
    "rank, newest": [Item.rank.desc(), Item.made],
    "id": [],
}


@pytest.fixture
def items(database):
    database.prepare()
    database.bind([Item])
    with database.altering():
        database.peewee.create_tables([Item])
    return database


def add(database, *ranks):
    with database.transaction():
        return [
            Item.create(rank=rank, made=START + timedelta(microseconds=rank * 37 % 11)).id
            for rank in ranks
        ]


def pages(order, limit, between=lambda: None):
    """All pages of the list, and what `between` did after each of them."""
    cursor = None
    while True:
        rows, cursor = paginate(Item.select(), ListRequest(limit=limit, cursor=cursor), order)
        yield rows
        if cursor is None:
            return
        between()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    ranks=st.lists(st.integers(-3, 3), max_size=25),
    later=st.lists(st.integers(-4, 4), max_size=5),
    limit=st.integers(1, 7),
    order=st.sampled_from(sorted(ORDERS)),
)
def test_every_row_comes_once_and_in_order_even_while_others_are_added(
    items, ranks, later, limit, order
):
    with items.transaction():
        Item.delete().execute()
    first = set(add(items, *ranks))
    waiting = list(later)

    def insert_one():
        if waiting:
            add(items, waiting.pop())

    found = [row for page in pages(ORDERS[order], limit, insert_one) for row in page]
    ids = [row.id for row in found]
    assert len(ids) == len(set(ids))
    assert first <= set(ids)
    keys = {"rank": lambda r: (r.rank, r.id), "id": lambda r: (r.id,)}
    if order in keys:
        assert ids == [row.id for row in sorted(found, key=keys[order])]


def test_a_page_is_as_long_as_asked_and_the_last_has_no_next(items):
    add(items, *range(5))
    assert [len(page) for page in pages([Item.rank], 2)] == [2, 2, 1]
    assert [len(page) for page in pages([Item.rank], 5)] == [5]


@pytest.mark.parametrize(
    "change", [lambda c: c[:-2], lambda c: c[::-1], lambda c: "é", lambda c: "A" * 40]
)
def test_a_cursor_that_was_altered_is_invalid(items, change):
    add(items, 1, 2, 3)
    _, cursor = paginate(Item.select(), ListRequest(limit=1), [Item.rank])
    with pytest.raises(Invalid) as refused:
        paginate(Item.select(), ListRequest(limit=1, cursor=change(cursor)), [Item.rank])
    assert refused.value.fields[0]["field"] == "cursor"


def test_a_cursor_of_another_list_is_invalid(items):
    add(items, 1, 2, 3)
    _, cursor = paginate(Item.select(), ListRequest(limit=1), [Item.rank])
    with pytest.raises(Invalid):
        paginate(Item.select(), ListRequest(limit=1, cursor=cursor), [Item.rank.desc()])


@pytest.mark.parametrize(
    ("order", "expected"), [(Item.note, ["a", "b", "c"]), (Item.note.desc(), ["c", "b", "a"])]
)
@pytest.mark.parametrize("limit", [1, 2, 3, 4, 9])
def test_rows_with_nothing_in_the_first_column_come_last(items, order, expected, limit):
    with items.transaction():
        for note in ("b", None, "a", None, "c"):
            Item.create(rank=1, made=START, note=note)
    notes = [row.note for rows in pages([order], limit) for row in rows]
    assert notes == [*expected, None, None]


def test_a_further_column_that_may_be_null_orders_no_list(items):
    with pytest.raises(TypeError, match="only in the first place"):
        paginate(Item.select(), ListRequest(), [Item.rank, Item.note])


def test_a_page_of_few_columns_still_finds_its_next(items):
    add(items, *range(5))
    rows, cursor = paginate(Item.select(Item.id), ListRequest(limit=2), [Item.rank])
    rows, _ = paginate(Item.select(Item.id), ListRequest(limit=9, cursor=cursor), [Item.rank])
    assert [row.rank for row in rows] == [2, 3, 4]


def test_selected_fields_are_the_only_columns_that_the_database_reads(items):
    add(items, 1)
    statements = []
    execute = items.run
    items.run = lambda sql, params: statements.append(sql) or execute(sql, params)
    row = Item.select(*select_fields(Item, ["rank"])).get()
    assert row.rank == 1
    assert '"made"' not in statements[-1] and '"note"' not in statements[-1]
    assert '"rank"' in statements[-1] and '"id"' in statements[-1]


def test_a_guarded_column_is_left_out_or_refused(items):
    guarded = {"note": "shop.audit"}
    seen = [field.name for field in select_fields(Item, None, guarded=guarded)]
    assert seen == ["id", "rank", "made"]
    seen = select_fields(Item, None, guarded=guarded, may=lambda permission: True)
    assert [field.name for field in seen] == ["id", "rank", "made", "note"]
    with pytest.raises(NotAllowed, match=r"shop\.audit"):
        select_fields(Item, ["note"], guarded=guarded)
    with pytest.raises(Invalid):
        select_fields(Item, ["nonsense"])


def test_pages_may_be_read_inside_a_transaction(items):
    add(items, 1, 2)
    with items.transaction():
        rows, _ = paginate(Item.select(), ListRequest(limit=1), [Item.rank])
        assert rows[0].rank == 1
        with pytest.raises(InTransaction), items.transaction():
            pass
