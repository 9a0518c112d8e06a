"""The rules of a catalogue."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azora_library import domain

DIGITS = st.text("0123456789", min_size=9, max_size=9)


@pytest.mark.parametrize(
    "text",
    [
        "0-385-47454-7",
        "0385474547",
        "978-0-385-47454-2",
        "ISBN 9780385474542 (pbk.)",
        "0385474547 :",
    ],
)
def test_an_isbn_is_read_however_it_is_written(text: str) -> None:
    assert domain.isbn13(text) == "9780385474542"


@pytest.mark.parametrize(
    "text", ["", "0385474548", "9780385474543", "12345", "٠٣٨٥٤٧٤٥٤٧", "(pbk.)"]
)
def test_what_is_no_isbn_is_none(text: str) -> None:
    assert domain.isbn13(text) is None


@given(DIGITS)
def test_an_isbn_of_ten_digits_and_its_thirteen_are_one(body: str) -> None:
    check = (
        -sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), body, strict=True)) % 11
    )
    found = domain.isbn13(body + ("X" if check == 10 else str(check)))
    assert found is not None
    assert domain.isbn13(found) == found


@given(st.text())
def test_whatever_text_comes_reading_identifiers_never_fails(text: str) -> None:
    domain.isbn13(text), domain.issn(text), domain.doi(text), domain.year_in(text)


def test_an_issn_is_checked_and_hyphenated() -> None:
    assert domain.issn("03178471") == "0317-8471"
    assert domain.issn("ISSN 2434-561x") == "2434-561X"
    assert domain.issn("0317-8472") is None


@pytest.mark.parametrize(
    "text",
    ["10.1000/ABC", "doi:10.1000/abc", "https://doi.org/10.1000/Abc", "dx.doi.org/10.1000/abc"],
)
def test_a_doi_is_bare_and_in_lower_case(text: str) -> None:
    assert domain.doi(text) == "10.1000/abc"


@pytest.mark.parametrize(
    ("text", "year"),
    [("[c1958?]", 1958), ("1999-2001", 1999), ("©2003.", 2003), ("19740", None), ("", None)],
)
def test_a_year_is_found_however_it_is_dressed(text: str, year: int | None) -> None:
    assert domain.year_in(text) == year


def test_values_that_differ_in_case_or_spaces_are_one() -> None:
    assert domain.distinct(["Novels", " novels ", "", "Land  reform", "Land reform"]) == [
        "Novels",
        "Land reform",
    ]


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_a_digest_does_not_depend_on_the_order_of_fields(record: dict[str, object]) -> None:
    assert domain.digest(record) == domain.digest(dict(reversed(record.items())))
