"""How words are read: the same when indexing, searching and marking."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azora_library.discovery.query import read
from azora_library.discovery.text import excerpt, fold, words


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


def test_an_excerpt_stands_round_the_first_hit() -> None:
    text = "Once upon a time " * 40 + "there was a Kraal by the river " + "and so on " * 60
    pieces = excerpt(text, read("kraal").holds)
    assert [piece.text for piece in pieces if piece.hit] == ["Kraal"]
    assert pieces[0].text == "… " and pieces[-1].text == " …"
    assert len("".join(piece.text for piece in pieces)) < 260


@given(st.text(), st.text(max_size=20))
def test_an_excerpt_is_a_stretch_of_the_text(text: str, query: str) -> None:
    pieces = excerpt(text, read(query).holds)
    shown = "".join(piece.text for piece in pieces if piece.text not in ("… ", " …"))
    assert shown in text
