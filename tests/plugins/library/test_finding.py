"""Whole facets, suggestions and what stands near a resource; a hidden record shows in none of them."""

import csv
import io
from typing import Any

import pytest


@pytest.fixture
def shelf(library: Any, word: str) -> str:
    for number in range(5):
        library.add(title=f"{word} {number}", tags=[f"{word} tag {n}" for n in range(number + 1)])
    library.add(title=f"{word} hidden", tags=[f"{word} secret"], record_access="restricted")
    return word


def test_a_facet_is_listed_whole_page_by_page(library: Any, shelf: str) -> None:
    seen: list[tuple[str, int]] = []
    cursor = None
    while True:
        page = library.call("list_facet", by=None, facet="tag", query=shelf, limit=2, cursor=cursor)
        seen += [(one.value, one.count) for one in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == [(f"{shelf} tag {n}", 5 - n) for n in range(5)]


def test_a_facet_is_listed_by_value_and_by_part_of_it(library: Any, shelf: str) -> None:
    library.add(title=f"{shelf} more", tags=["Zulu history"])
    asked = {"facet": "tag", "query": shelf, "order": "value"}
    listed = [one.value for one in library.call("list_facet", by=None, **asked).items]
    assert listed == [*sorted(listed[:5]), "Zulu history"] and len(listed) == 6
    narrowed = library.call("list_facet", by=None, contains="ULU HIST", **asked).items
    assert [one.value for one in narrowed] == ["Zulu history"]


def test_several_values_of_a_facet_widen_and_several_facets_narrow(library: Any, word: str) -> None:
    library.add(title="One", tags=[f"{word}a"], language="en")
    library.add(title="Two", tags=[f"{word}b"], language="zu")
    library.add(title="Three", tags=[f"{word}c"], language="zu")
    tags = [f"{word}a", f"{word}b"]
    assert set(library.titles(tag=tags)) == {"One", "Two"}
    assert library.titles(tag=tags, language=["zu"]) == ["Two"]


def test_a_facet_is_exported_whole(library: Any, shelf: str) -> None:
    file = library.call("export_facet", by=None, facet="tag", query=shelf)
    rows = list(csv.reader(io.StringIO(file.text)))
    assert rows == [["value", "count"], *([f"{shelf} tag {n}", str(5 - n)] for n in range(5))]


def test_titles_authors_and_subjects_are_suggested_as_they_begin(library: Any, word: str) -> None:
    added = library.add(
        title=f"{word} title", authors=[f"Sol {word}er"], tags=[f"{word}s", "other"]
    )
    found = library.call("suggest", by=None, query=word.upper())
    assert [(one.id, one.title) for one in found.titles] == [(added.id, f"{word} title")]
    assert (found.authors, found.subjects) == ([f"Sol {word}er"], [f"{word}s"])


def test_nothing_hidden_is_suggested(library: Any, word: str) -> None:
    library.add(title=f"{word} a", authors=[f"{word} b"], tags=[word], record_access="restricted")
    found = library.call("suggest", by=None, query=word)
    assert (found.titles, found.authors, found.subjects) == ([], [], [])


def test_a_resource_knows_what_it_cites_and_what_cites_it(library: Any, word: str) -> None:
    doi = f"10.1234/{word}"
    later = library.add(title="Later", details=cites(doi))
    cited = library.add(title="Cited", doi=doi)
    library.add(title="Hidden", details=cites(doi), record_access="restricted")
    near = library.call("list_related", by=None, id=cited.id)
    assert [card.id for card in near.cited_by] == [later.id] and near.cited_by_total == 1
    assert [card.id for card in library.call("list_related", by=None, id=later.id).cites] == [
        cited.id
    ]


def test_what_shares_an_author_and_a_subject_is_like_it_most(library: Any, word: str) -> None:
    first = library.add(title="First", authors=[f"{word} A"], tags=[word])
    library.add(title="Subject alone", tags=[word])
    library.add(title="Both", authors=[f"{word} A"], tags=[word])
    library.add(title="Hidden", authors=[f"{word} A"], tags=[word], record_access="restricted")
    alike = library.call("list_related", by=None, id=first.id).alike
    assert [card.title for card in alike] == ["Both", "Subject alone"]


def cites(doi: str) -> dict[str, Any]:
    return {"related": [{"identifier": doi, "relation": "References"}]}


def test_a_search_may_keep_to_what_refers_to_a_resource_and_to_what_it_refers_to(
    library: Any, word: str
) -> None:
    doi = f"10.1234/{word}"
    cited = library.add(title=f"{word} cited", doi=doi)
    later = library.add(title=f"{word} later", details=cites(doi))
    library.add(title=f"{word} other")
    library.add(title=f"{word} hidden", details=cites(doi), record_access="restricted")
    assert library.titles(cites=cited.id) == [f"{word} later"]
    assert library.titles(cited_by=later.id) == [f"{word} cited"]
    assert library.titles(cites=cited.id, query="cited") == []


def test_what_refers_to_a_hidden_resource_is_not_told(library: Any, word: str) -> None:
    doi = f"10.1234/{word}"
    hidden = library.add(title=f"{word} hidden", doi=doi, record_access="restricted")
    library.add(title=f"{word} later", details=cites(doi))
    assert library.titles(cites=hidden.id) == []
