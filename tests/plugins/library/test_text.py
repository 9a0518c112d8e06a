"""How words are read: the same when indexing, searching and marking."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azora_library.discovery.text import excerpt, fold, terms, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ngũgĩ wa Thiong'o", "ngugi wa thiong'o"),
        ("STRASSE Straße", "strasse strasse"),
        ("Łódź", "łodz"),
        ("İstanbul", "istanbul"),
        ("ﬁn", "fin"),
        ("Ṣanʻāʾ", "sanʻaʾ"),
    ],
)
def test_case_diacritics_and_compatibility_forms_do_not_matter(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert words(" ".join(words(text))) == words(text)


@given(st.text())
def test_words_are_letters_and_digits_alone(text: str) -> None:
    assert all(word and word.isalnum() for word in words(text))


@given(st.text())
def test_composed_and_decomposed_text_have_the_same_words(text: str) -> None:
    assert words(unicodedata.normalize("NFC", text)) == words(unicodedata.normalize("NFD", text))


def test_ideographs_are_words_of_their_own() -> None:
    assert words("图书馆 library") == ["图", "书", "馆", "library"]


def test_the_last_word_of_a_query_is_a_prefix() -> None:
    sought = terms("Things Fall Ap")
    assert sought.whole == ("things", "fall")
    assert sought.match("apart") and sought.match("fall") and not sought.match("falling")


@pytest.mark.parametrize("query", ["", "  ", "!!! --- ***", '"', "NOT"])
def test_a_query_without_words_looks_for_nothing_or_for_plain_words(query: str) -> None:
    assert bool(terms(query)) == any(char.isalnum() for char in query)


def test_an_excerpt_stands_round_the_first_hit() -> None:
    text = "Once upon a time " * 40 + "there was a Kraal by the river " + "and so on " * 60
    pieces = excerpt(text, terms("kraal"))
    assert [piece.text for piece in pieces if piece.hit] == ["Kraal"]
    assert pieces[0].text == "… " and pieces[-1].text == " …"
    assert len("".join(piece.text for piece in pieces)) < 260


@given(st.text(), st.text(max_size=20))
def test_an_excerpt_is_a_stretch_of_the_text(text: str, query: str) -> None:
    pieces = excerpt(text, terms(query))
    shown = "".join(piece.text for piece in pieces if piece.text not in ("… ", " …"))
    assert shown in text
