"""Collections and reading lists: whose they are, who sees them, and in which order they stand."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azora import Invalid, NotAllowed, NotFound
from azora.ids import uuid7
from azora_library import people

KEEP, READ = "library.keep_lists", "library.read"


class Reader:
    """A member with lists of their own."""

    def __init__(self, library: Any) -> None:
        self.library = library
        self.account = f"user:{uuid7()}"
        self.signed_in = library.person(KEEP, READ, id=self.account)

    def call(self, operation: str, **fields: Any) -> Any:
        return self.library.call(operation, by=self.signed_in, **fields)

    def begin(self, *resources: SimpleNamespace, **said: Any) -> str:
        shelf = self.call("add_reading_list", **{"title": "To read"} | said)
        for one in resources:
            self.call("put_on_shelf", shelf=shelf.id, id=one.id)
        return str(shelf.id)

    def order(self, shelf: str) -> list[str]:
        return [one.id for one in self.call("read_shelf", shelf=shelf, limit=100).items]


@pytest.fixture
def reader(library: Any) -> Reader:
    return Reader(library)


def test_a_list_holds_what_was_put_on_it_in_that_order_and_once(library: Any, reader: Any) -> None:
    first, second = library.add(), library.add()
    shelf = reader.begin(first, second, first)
    assert reader.order(shelf) == [first.id, second.id]


def test_a_resource_goes_on_a_new_list_or_on_one_that_there_is(library: Any, reader: Any) -> None:
    book, other = library.add(), library.add()
    made = reader.call("keep_for_reading", id=book.id, title="Holidays")
    reader.call("keep_for_reading", id=other.id, shelf=made.id)
    assert reader.order(made.id) == [book.id, other.id]
    with pytest.raises(Invalid):
        reader.call("keep_for_reading", id=book.id)


@pytest.mark.parametrize(
    ("access", "others", "nobody"),
    [("private", False, False), ("members", True, False), ("public", True, True)],
)
def test_a_list_is_seen_by_whom_its_owner_lets(
    library: Any, reader: Any, access: str, others: bool, nobody: bool
) -> None:
    shelf = reader.begin(library.add(), access=access)
    for by, sees in ((Reader(library).signed_in, others), (None, nobody)):
        if sees:
            found = library.call("read_shelf", by=by, shelf=shelf)
            assert not found.shelf.mine
            assert found.items[0].progress is None
        else:
            with pytest.raises(NotFound):
                library.call("read_shelf", by=by, shelf=shelf)


def test_nobody_changes_a_list_of_somebody_else(library: Any, reader: Any) -> None:
    book = library.add()
    shelf = reader.begin(book, access="public")
    other = Reader(library)
    for operation, fields in (
        ("update_shelf", {"title": "Mine"}),
        ("remove_shelf", {}),
        ("put_on_shelf", {"id": book.id}),
        ("take_off_shelf", {"id": book.id}),
        ("move_on_shelf", {"id": book.id, "to": 1}),
        ("note_progress", {"id": book.id, "progress": "read"}),
    ):
        with pytest.raises(NotAllowed):
            other.call(operation, shelf=shelf, **fields)


def test_a_collection_is_the_librarians_and_shows_once_it_is_open(library: Any) -> None:
    made = library.call("add_collection", title="Soweto writes", access="private")
    with pytest.raises(NotFound):
        library.call("read_shelf", by=None, shelf=made.id)
    library.call("update_shelf", shelf=made.id, access="public")
    listed = library.call("list_collections", by=None, limit=100).items
    assert made.id in [one.id for one in listed]
    with pytest.raises(NotAllowed):
        Reader(library).call("add_collection", title="Theirs")


def test_a_librarian_puts_a_book_on_a_collection_from_its_page(library: Any) -> None:
    book = library.add()
    made = library.call("add_collection", title="Soweto writes", access="public")
    librarian = library.person("library.manage", KEEP)
    mine = library.call("list_own_shelves", by=librarian, limit=100).items
    assert made.id in [one.id for one in mine]
    library.call("keep_for_reading", by=librarian, id=book.id, shelf=made.id)
    found = library.call("read_shelf", by=None, shelf=made.id)
    assert [one.id for one in found.items] == [book.id]
    assert library.call("list_own_shelves", by=None).items == []


def test_what_a_reader_may_not_see_is_not_on_the_shelf_for_them(library: Any) -> None:
    hidden = library.add(record_access="restricted", file_access="restricted")
    seen = library.add()
    made = library.call("add_collection", title="Both", access="public")
    for one in (hidden, seen):
        library.call("put_on_shelf", shelf=made.id, id=one.id)
    found = library.call("read_shelf", by=None, shelf=made.id)
    assert [one.id for one in found.items] == [seen.id]


def test_nobody_keeps_what_they_may_not_see(library: Any, reader: Any) -> None:
    hidden = library.add(record_access="restricted", file_access="restricted")
    with pytest.raises(NotFound):
        reader.call("keep_for_reading", id=hidden.id, title="Secrets")


def test_a_shelf_is_read_in_pages(library: Any, reader: Any) -> None:
    books = [library.add() for _ in range(5)]
    shelf = reader.begin(*books)
    first = reader.call("read_shelf", shelf=shelf, limit=3)
    rest = reader.call("read_shelf", shelf=shelf, limit=3, cursor=first.next)
    assert [one.id for one in [*first.items, *rest.items]] == [one.id for one in books]
    assert rest.next is None
    with pytest.raises(Invalid):
        reader.call("read_shelf", shelf=shelf, cursor="elsewhere")


def test_progress_is_kept_and_exported_and_gone_with_its_owner(library: Any, reader: Any) -> None:
    book = library.add(title="Mhudi")
    shelf = reader.begin(book)
    reader.call("note_progress", shelf=shelf, id=book.id, progress="reading")
    assert reader.call("read_shelf", shelf=shelf).items[0].progress == "reading"
    exported: Any = people.export(library.hosted, reader.account)["reading_lists"]
    assert exported[0]["items"] == [{"title": "Mhudi", "note": "", "progress": "reading"}]
    assert people.erase(library.hosted, reader.account) == "erased"
    with pytest.raises(NotFound):
        reader.call("read_shelf", shelf=shelf)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    moves=st.lists(
        st.tuples(st.sampled_from(["move", "off", "on"]), st.integers(0, 3), st.integers(1, 9)),
        max_size=12,
    )
)
def test_whatever_is_moved_the_order_is_the_one_that_was_asked_for(
    library: Any, moves: list[tuple[str, int, int]]
) -> None:
    reader, books = Reader(library), [library.add() for _ in range(4)]
    shelf, expected = reader.begin(*books), [one.id for one in books]
    for act, which, to in moves:
        book = books[which].id
        if act == "on":
            reader.call("put_on_shelf", shelf=shelf, id=book)
            expected += [book] if book not in expected else []
        elif book in expected:
            expected.remove(book)
            if act == "move":
                reader.call("move_on_shelf", shelf=shelf, id=book, to=to)
                expected.insert(to - 1, book)
            else:
                reader.call("take_off_shelf", shelf=shelf, id=book)
        assert reader.order(shelf) == expected
