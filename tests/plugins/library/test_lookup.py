"""Adding by ISBN, DOI and link, against a stand-in that answers in the shapes of the real services."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plugins.library.conftest import Library, opened
from tests.plugins.library.reference_services import Services

from azora.errors import NotAllowed
from azora_library import plugin
from azora_library.lookup.identifiers import Identifier, Unclear, identify
from azora_library.lookup.models import LookupRow
from azora_library.lookup.webpage import describe_page

ISBN = "9780435908348"
DOI = "10.1080/02572117.2019.1618"


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    services = Services()
    yield services
    services.close()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def library(request: Any, tmp_path_factory: Any, services: Services) -> Iterator[Any]:
    asked = {
        "doi_address": f"{services.address}/doi",
        "open_library": services.address,
        "google_books": services.address,
    }
    inside = {"inside": ["127.0.0.1"]}
    plugins = {"library": plugin}
    with opened(request, tmp_path_factory, plugins, library=asked, outbound=inside) as runtime:
        yield Library(runtime)


@pytest.fixture(autouse=True)
def nothing_told_yet(library: Any, services: Services) -> Iterator[None]:
    with library.hosted.transaction():
        LookupRow.delete().execute()
    services.asked.clear()
    yield
    services.down = False


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("978-0-435-90834-8", ("isbn", ISBN)), ("0435908340", ("isbn", ISBN)), (f"ISBN {ISBN}", ("isbn", ISBN)),
        (f"https://doi.org/{DOI}", ("doi", DOI)), (f"doi:{DOI.upper()}", ("doi", DOI)), (DOI, ("doi", DOI)),
        (" https://example.org/a?b=c ", ("link", "https://example.org/a?b=c")),
    ],
)  # fmt: skip
def test_an_identifier_is_known_however_it_is_written(text: str, expected: Any) -> None:
    assert identify(text) == Identifier(*expected)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("978-0-435-90834-9", "ISBN: a digit"), ("0435908341", "ISBN: a digit"), ("10.1080", "DOI"),
        ("doi:nothing", "DOI"), ("Mhudi", "neither"), ("ftp://example.org", "neither"), ("https://", "neither"),
    ],
)  # fmt: skip
def test_what_is_mistyped_is_told_as_that(library: Any, text: str, words: str) -> None:
    assert isinstance(identify(text), Unclear)
    assert words in library.call("look_up", what=text).problem


@given(st.text(max_size=80))
def test_whatever_is_typed_is_an_identifier_or_told_why_not(text: str) -> None:
    assert isinstance(identify(text), Identifier | Unclear)


def test_a_doi_is_asked_of_its_agency_and_its_journal_comes_along(library: Any) -> None:
    told = library.call("look_up", what=f"https://doi.org/{DOI}")
    assert (told.source, told.problem, told.here) == ("Crossref or DataCite", None, [])
    record = told.record
    assert (record.title, record.type, record.year, record.doi) == (
        "Language and the praise poem", "ARTICLE", 2019, DOI,
    )  # fmt: skip
    assert record.authors == ["Nomsa Dlamini", "Peter Nkosi"]
    assert record.content == "On izibongo ."
    added = library.add(title=record.title, doi=DOI, looked_up=f"doi:{DOI}")
    assert added.details.container.title == "South African Journal of African Languages"
    assert library.call("look_up", what=DOI).here[0].id == added.id
    library.call("remove_resource", id=added.id)


def test_a_doi_of_datacite_is_answered_alike(library: Any) -> None:
    record = library.call("look_up", what="10.5281/zenodo.7").record
    assert (record.title, record.authors, record.year, record.publisher) == (
        "Rainfall at Maseru", ["Lerato Mokoena"], 2021, "Zenodo",
    )  # fmt: skip


def test_an_isbn_is_asked_of_open_library_first(library: Any, services: Services) -> None:
    told = library.call("look_up", what="0-435-90834-0")
    record = told.record
    assert (told.source, record.title, record.year) == (
        "Open Library", "Weep not, child: a novel", 1987,
    )  # fmt: skip
    assert (record.authors, record.publisher, record.isbn, record.tags) == (
        ["Ngũgĩ wa Thiong'o"], "Heinemann", [ISBN], ["Kenya"],
    )  # fmt: skip
    assert services.asked == ["/api/books"]


def test_what_open_library_does_not_know_google_books_may(library: Any, services: Services) -> None:
    told = library.call("look_up", what="9780435901813")
    assert (told.source, told.record.title, told.record.content) == (
        "Google Books", "Mhudi", "A love story.",
    )  # fmt: skip
    assert services.asked == ["/api/books", "/books/v1/volumes"]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("journal", {"title": "On the & of it", "type": "ARTICLE", "year": 2020, "doi": "10.1234/it",
                     "authors": ["Dlamini, Nomsa", "Nkosi, Peter"], "language": "en"}),
        ("shop", {"title": "Insila kaShaka", "type": "BOOK", "isbn": ["9780435901813"], "language": "zu",
                  "authors": ["John L. Dube"], "publisher": "Mariannhill", "tags": ["Novels", "isiZulu"]}),
        ("archive", {"title": "A letter", "year": 1915, "doi": "10.1234/letter"}),
        ("blog", {"title": "A shared title", "type": "VIDEO", "publisher": "A site"}),
        ("plain", {"title": "Only a title", "type": "DOCUMENT"}),
        ("broken", {"type": "DOCUMENT"}),
    ],
)  # fmt: skip
def test_a_page_speaks_for_itself(
    library: Any, services: Services, page: str, expected: dict[str, Any]
) -> None:
    address = f"{services.address}/pages/{page}"
    told = library.call("look_up", what=address)
    assert told.record.link == address
    assert {name: getattr(told.record, name) for name in expected} == expected


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_whatever_a_page_holds_is_described_or_not(content: bytes) -> None:
    values = describe_page(content, None)
    assert values == {} or values["title"]


@pytest.mark.parametrize(
    "what",
    [
        "10.1234/nobody-knows",
        "9780000000002",
        "10.1234/inside",
        "http://10.0.0.1/",
        "10.1234/rubbish",
    ],
)
def test_where_nobody_knows_or_may_be_asked_the_person_goes_on_by_hand(
    library: Any, what: str
) -> None:
    told = library.call("look_up", what=what)
    assert told.record is None and told.problem


def test_what_was_told_is_believed_for_a_while_and_when_nobody_answers(
    library: Any, services: Services
) -> None:
    first = library.call("look_up", what=ISBN)
    assert library.call("look_up", what=ISBN).record == first.record
    assert len(services.asked) == 1
    with library.hosted.transaction():
        LookupRow.update(told=datetime.now(UTC) - timedelta(days=31)).execute()
    services.down = True
    late = library.call("look_up", what=ISBN)
    assert late.record == first.record and late.told < first.told
    assert len(services.asked) > 1
    unknown = library.call("look_up", what="9780435901813")
    assert unknown.record is None and "by hand" in unknown.problem
    assert LookupRow.select().count() == 1  # that somebody was down is not kept as an answer


def test_what_is_here_already_is_shown_before_it_is_added_twice(library: Any, word: str) -> None:
    id = library.add(title=word, isbn=[ISBN]).id
    link = f"https://example.org/{word}"
    other = library.add(title=word, link=link).id
    assert [one.id for one in library.call("look_up", what=ISBN).here] == [id]
    with library.hosted.transaction():
        LookupRow.create(kind="link", value=link, source="x", record={}, told=datetime.now(UTC))
    assert [one.id for one in library.call("look_up", what=link).here] == [other]
    library.call("remove_resource", id=id)


def test_what_was_told_long_ago_is_forgotten(library: Any) -> None:
    library.call("look_up", what=ISBN)
    with library.hosted.transaction():
        LookupRow.update(told=datetime.now(UTC) - timedelta(days=366)).execute()
    assert library.call("forget_lookups").forgotten == 1


def test_only_librarians_have_others_asked(library: Any, services: Services) -> None:
    with pytest.raises(NotAllowed):
        library.call("look_up", what=ISBN, by=library.person("library.read"))
    assert services.asked == []
