"""What a reader may write: every part of the grammar, and that nothing is an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azora_library.discovery.query import MOST_WORDS, Clause, Limit, Query, read

PIECES = st.sampled_from(
    ['"', "-", ":", "*", "author:", "year:", "isbn:", "title:", "..", "1920", "ngũgĩ", " ", "a", "“", "-\"", "language:zu", "10.5/x", "9780306406157", "'", "图"]
)  # fmt: skip


def words(*wanted: str) -> tuple[Clause, ...]:
    return tuple(Clause((word,), prefix=word == wanted[-1]) for word in wanted)


@pytest.mark.parametrize(
    ("query", "meaning"),
    [
        ("Things Fall Ap", Query(words("things", "fall", "ap"))),
        ('"Things Fall" apart', Query((Clause(("things", "fall")), *words("apart")))),
        ('"things fall', Query((Clause(("things", "fall")),))),
        ("“things fall”", Query((Clause(("things", "fall")),))),
        ("farm -animal", Query((Clause(("farm",)),), (Clause(("animal",)),))),
        ('-"animal farm"', Query((), (Clause(("animal", "farm")),))),
        ("author:Ngũgĩ", Query((Clause(("ngugi",), "authors", True),))),
        ("umbhali: Mqhayi", Query((Clause(("mqhayi",), "authors", True),))),
        ('title:"fall apart"', Query((Clause(("fall", "apart"), "title"),))),
        ("-author:achebe", Query((), (Clause(("achebe",), "authors"),))),
        ("ban* farm", Query((Clause(("ban",), prefix=True), *words("farm")))),
        ("year:1930", Query(limits=(Limit("year", 1930, 1930),))),
        ("year:1920-1930", Query(limits=(Limit("year", 1920, 1930),))),
        ("year:1920..", Query(limits=(Limit("year", 1920, None),))),
        ("unyaka:..1930", Query(limits=(Limit("year", None, 1930),))),
        ("year:-300", Query(limits=(Limit("year", -300, -300),))),
        ("-year:1930", Query(limits=(Limit("year", 1930, 1930, True),))),
        ("language:ZU", Query(limits=(Limit("language", "zu", "zu"),))),
        ("type:book", Query(limits=(Limit("type", "BOOK", "BOOK"),))),
        ("isbn:0-306-40615-2", Query((Clause(("9780306406157",)),))),
        (
            "isbn:0-306-40615-2 -farm",
            Query((Clause(("9780306406157",), "subjects"),), (Clause(("farm",)),)),
        ),
        ("ISBN 0 306 40615 2", Query((Clause(("9780306406157",)),))),
        ("doi:10.5555/X.1", Query((Clause(("10", "5555", "x", "1"), "subjects"),))),
        ("year:soon", Query(words("year", "soon"))),
        ("wood: cut", Query(words("wood", "cut"))),
        ("thiong'o", Query(words("thiong", "o"))),
        ("-", Query()),
        ('""', Query()),
        ("author:", Query(words("author"))),
    ],
)
def test_it_is_read_as_the_grammar_says(query: str, meaning: Query) -> None:
    assert read(query) == meaning


@given(st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=40).map("".join)))
def test_whatever_is_typed_has_a_meaning(query: str) -> None:
    meaning = read(query)
    for clause in (*meaning.wanted, *meaning.excluded):
        assert clause.words and all(word.isalnum() for word in clause.words)
    assert len(meaning.wanted) <= MOST_WORDS


@given(st.text(max_size=100))
def test_a_query_of_plain_words_looks_for_each_of_them(query: str) -> None:
    plain = "".join(char for char in query if char not in '"“”„«»:-')
    meaning = read(plain)
    assert not meaning.excluded and not meaning.limits
