"""Whether what is sent fits what is read, field by field."""

from enum import StrEnum
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, create_model

from azora import Reply
from azora.compat import mismatches


class Author(Reply):
    name: str
    born: int | None = None


class Book(Reply):
    id: str
    title: str = Field(max_length=200)
    pages: int = 0
    authors: list[Author] = []
    kind: Literal["book", "article"] = "book"
    part_of: "Book | None" = None


class Slice(Reply):
    title: str


class AuthorSlice(Reply):
    name: str


def sliced(**fields):
    return create_model("Slice", __base__=Reply, **fields)


def test_a_slice_of_what_is_offered_fits():
    assert mismatches(Book, Slice) == []
    assert mismatches(Book, Book) == []


@pytest.mark.parametrize(
    ("field", "annotation", "words"),
    [
        ("isbn", (str, ...), "isbn: required, but not there"),
        ("pages", (str, ...), "pages: integer, not string"),
        ("title", (int, ...), "title: string, not integer"),
        ("kind", (Literal["book"], ...), "kind: may be ['article']"),
        (
            "title",
            (str, Field(max_length=20)),
            "title: maxLength is 20 for the reader, 200 for the sender",
        ),
    ],
)
def test_what_does_not_fit_is_named(field, annotation, words):
    problems = mismatches(Book, sliced(**{field: annotation}))
    assert len(problems) == 1
    assert problems[0].startswith(words)


def test_limits_do_not_count_where_the_caller_is_told_when_it_oversteps_one():
    short = sliced(title=(str, Field(max_length=20, pattern="^[A-Z]")))
    assert mismatches(Book, short, limits=False) == []
    assert mismatches(Book, sliced(pattern=(str, ...)), limits=False) != []


def test_nested_models_are_compared_by_path():
    class Wrong(Reply):
        name: int

    assert mismatches(Book, sliced(authors=(list[AuthorSlice], ...))) == []
    assert mismatches(Book, sliced(authors=(list[Wrong], ...))) == [
        "authors[].name: string, not integer"
    ]


def test_a_reader_that_cannot_take_null_is_told():
    assert mismatches(Author, sliced(born=(int | None, None))) == []
    assert mismatches(Author, sliced(born=(int, ...))) != []


def test_a_narrower_enumeration_of_the_sender_fits_a_wider_reader():
    class Narrow(StrEnum):
        BOOK = "book"

    class Sent(Reply):
        kind: Narrow

    assert mismatches(Sent, sliced(kind=(Literal["book", "article"], ...))) == []


def test_an_integer_fits_a_number_and_not_the_other_way():
    assert mismatches(sliced(n=(int, ...)), sliced(n=(float, ...))) == []
    assert mismatches(sliced(n=(float, ...)), sliced(n=(int, ...))) == ["n: number, not integer"]


def test_a_recursive_model_is_compared_once():
    class BookSlice(Reply):
        title: str
        part_of: "BookSlice | None" = None

    assert mismatches(Book, BookSlice) == []


_types = st.sampled_from(
    [int, str, float, bool, int | None, list[int], dict[str, str], Literal["a", "b"]]
)


@given(st.dictionaries(st.sampled_from("abcdef"), _types, min_size=1))
def test_every_model_fits_itself_and_each_of_its_slices(fields):
    whole = sliced(**{name: (kind, ...) for name, kind in fields.items()})
    first = dict([next(iter(fields.items()))])
    part = sliced(**{name: (kind, ...) for name, kind in first.items()})
    assert mismatches(whole, whole) == []
    assert mismatches(whole, part) == []
