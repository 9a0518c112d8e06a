"""Searching: one suite for both databases, which must find the same."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azora import Invalid

ANYTHING = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def test_every_word_must_be_found_and_the_last_may_be_unfinished(library: Any, word: str) -> None:
    library.add(title=f"{word} Things Fall Apart")
    library.add(title=f"{word} Things")
    assert library.titles(query=f"{word} things fa") == [f"{word} Things Fall Apart"]
    assert library.titles(query=f"{word} fall thing") == [f"{word} Things Fall Apart"]
    assert library.titles(query=f"{word} thin things") == []


def test_case_and_diacritics_do_not_matter(library: Any, word: str) -> None:
    library.add(title=f"{word} Pétales de sang", authors=["Ngũgĩ wa Thiong'o"])
    for query in ("ngugi", "NGŨGĨ", "petales SANG", "thiong'o", "pe\u0301tales"):
        assert library.titles(query=f"{word} {query}") == [f"{word} Pétales de sang"]


@pytest.mark.parametrize("field", ["authors", "tags", "category", "publisher", "content"])
def test_it_looks_at_all_that_is_said_of_a_resource(library: Any, word: str, field: str) -> None:
    library.add(title=f"In {field}", **{field: [word] if field in ("authors", "tags") else word})
    assert library.titles(query=word) == [f"In {field}"]


def test_an_isbn_is_found_however_it_is_written(library: Any) -> None:
    library.add(title="By number", isbn=["978-0-306-40615-7"])
    for query in ("0-306-40615-2", "9780306406157", "978-0-306-40615-7"):
        assert library.titles(query=query) == ["By number"]


def test_a_title_weighs_more_than_an_author_and_that_more_than_the_text(
    library: Any, word: str
) -> None:
    library.add(title="In the text", content=word)
    library.add(title="By author", authors=[word])
    library.add(title=f"{word}")
    assert library.titles(query=word) == [word, "By author", "In the text"]


def test_the_index_follows_every_change(library: Any, word: str) -> None:
    added = library.add(title=f"{word} before")
    library.call("update_resource", id=added.id, title=f"{word} after")
    assert library.titles(query=f"{word} before") == []
    assert library.titles(query=f"{word} after") == [f"{word} after"]


@ANYTHING
@given(query=st.text(max_size=60))
def test_nothing_that_a_reader_types_is_an_error(library: Any, query: str) -> None:
    try:
        library.titles(query=query)
    except Invalid as refused:
        assert {problem["field"] for problem in refused.fields} == {"query"}


@pytest.mark.parametrize(
    "query",
    ["\"", "title:x", "a AND", "NEAR(a b)", "a*", "(a", "a:*", "a & b |", "'; DROP TABLE library_resource; --", "\\", "%_"],
)  # fmt: skip
def test_nothing_in_a_query_is_syntax_of_a_database(library: Any, query: str) -> None:
    library.titles(query=query)


class TestFilters:
    @pytest.fixture
    def shelf(self, library: Any, word: str) -> str:
        for title, fields in {
            "Mhudi": {"year": 1930, "language": "en", "category": "Novels", "tags": ["a", "b"]},
            "Chaka": {"year": 1925, "language": "st", "category": "Novels", "tags": ["a"]},
            "Opticks": {"year": 1704, "language": "en", "category": "Physics"},
            "A talk": {"type": "VIDEO"},
        }.items():
            library.add(title=title, content=word, **fields)
        return word

    @pytest.mark.parametrize(
        ("narrowed", "titles"),
        [
            ({"type": "VIDEO"}, {"A talk"}),
            ({"category": "Novels"}, {"Mhudi", "Chaka"}),
            ({"tag": "b"}, {"Mhudi"}),
            ({"language": "en"}, {"Mhudi", "Opticks"}),
            ({"year_from": 1900}, {"Mhudi", "Chaka"}),
            ({"year_from": 1900, "year_to": 1925}, {"Chaka"}),
            ({"category": "Novels", "language": "en"}, {"Mhudi"}),
            ({"tag": "nobody's"}, set()),
        ],
    )
    def test_each_filter_narrows(
        self, library: Any, shelf: str, narrowed: dict[str, Any], titles: set[str]
    ) -> None:
        assert set(library.titles(query=shelf, **narrowed)) == titles

    def test_facets_count_the_results(self, library: Any, shelf: str) -> None:
        found = library.call("search", by=None, query=shelf, limit=1)
        assert (found.total, found.exact) == (4, True)
        facets = {
            name: {one.value: one.count for one in values}
            for name, values in found.facets
            if name != "fields"
        }
        assert facets == {
            "type": {"BOOK": 3, "VIDEO": 1},
            "category": {"Novels": 2, "Physics": 1},
            "language": {"en": 2, "st": 1},
            "tag": {"a": 2, "b": 1},
            "decade": {"1700": 1, "1920": 1, "1930": 1},
            "file": {"no": 4},
            "author": {},
            "publisher": {},
        }

    @pytest.mark.parametrize(
        ("sort", "titles"),
        [
            ("newest", ["A talk", "Opticks", "Chaka", "Mhudi"]),
            ("title", ["A talk", "Chaka", "Mhudi", "Opticks"]),
            ("year", ["Mhudi", "Chaka", "Opticks", "A talk"]),
        ],
    )
    def test_results_come_in_the_order_asked_for(
        self, library: Any, shelf: str, sort: str, titles: list[str]
    ) -> None:
        assert library.titles(query=shelf, sort=sort) == titles


class TestPages:
    @pytest.mark.parametrize("sort", ["relevance", "newest", "title", "year"])
    def test_pages_show_every_result_once(self, library: Any, word: str, sort: str) -> None:
        added = {library.add(title=f"{word} {n % 3}", year=1900 + n % 2).id for n in range(11)}
        seen: list[str] = []
        cursor = None
        while True:
            page = library.call("search", by=None, query=word, sort=sort, limit=4, cursor=cursor)
            seen += [hit.id for hit in page.items]
            cursor = page.next
            if cursor is None:
                break
        assert len(seen) == 11 and set(seen) == added

    def test_what_comes_in_meanwhile_shifts_nothing(self, library: Any, word: str) -> None:
        for n in range(4):
            library.add(title=f"{word} {n}")
        first = library.call("search", by=None, query=word, sort="newest", limit=2)
        library.add(title=f"{word} new")
        second = library.call(
            "search", by=None, query=word, sort="newest", limit=2, cursor=first.next
        )
        assert [hit.title for hit in [*first.items, *second.items]] == [
            f"{word} {n}" for n in (3, 2, 1, 0)
        ]

    @pytest.mark.parametrize(
        "cursor",
        ["x", "", "e30=", "WyJ0aXRsZSIsIDEsIDJd", "WyJuZXdlc3QiLCAiYSIsIDFd", "WyJuZXdlc3QiLCAxZTk5OSwgMV0=", "\u00e9"],
    )  # fmt: skip
    def test_a_cursor_that_is_none_of_ours_is_refused(self, library: Any, cursor: str) -> None:
        with pytest.raises(Invalid):
            library.call("search", by=None, sort="newest", cursor=cursor)

    def test_beyond_the_bound_counts_say_that_they_are_not_exact(
        self, library: Any, word: str
    ) -> None:
        records = [{"key": f"{n}", "title": f"{word} {n}", "type": "BOOK"} for n in range(120)]
        library.call("import_records", source=word, records=records)
        found = library.call("search", by=None, query=word)
        assert (found.total, found.exact) == (100, False)
        assert not found.facets_exact
        [books] = found.facets.type
        assert 1 <= books.count <= 120
        [all_books] = library.call("list_facet", by=None, query=word, facet="type").items
        assert all_books.count == 120


def test_an_excerpt_marks_what_was_found(library: Any, word: str) -> None:
    library.add(title="Marked", content=f"Long before. {word.upper()} stands here.")
    [hit] = library.call("search", by=None, query=word[:20]).items
    assert [piece.text for piece in hit.excerpt if piece.hit] == [word.upper()]


def test_a_list_shows_the_newest_first(library: Any, word: str) -> None:
    added = [library.add(title=f"{word} {n}", category=word).id for n in range(3)]
    page = library.call("list_resources", by=None, category=word, limit=2)
    rest = library.call("list_resources", by=None, category=word, limit=2, cursor=page.next)
    assert [card.id for card in [*page.items, *rest.items]] == added[::-1]
