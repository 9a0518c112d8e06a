"""How words are read: the same when indexing, searching and marking."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azora_library.discovery.excerpts import Marks, excerpt
from azora_library.discovery.query import read
from azora_library.discovery.text import fold, words


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
    pieces = excerpt(text, read("kraal").marks())
    assert [piece.text for piece in pieces if piece.hit] == ["Kraal"]
    assert pieces[0].text == "… " and pieces[-1].text == " …"
    assert len("".join(piece.text for piece in pieces)) < 260


@given(st.text(), st.text(max_size=20))
def test_an_excerpt_is_a_stretch_of_the_text(text: str, query: str) -> None:
    pieces = excerpt(text, read(query).marks())
    shown = "".join(piece.text for piece in pieces if piece.text not in ("… ", " …"))
    assert shown in text


@given(st.text(max_size=40), st.text(st.sampled_from("ab1 _-é"), max_size=60))
def test_what_is_marked_does_not_depend_on_how_it_was_looked_for(query: str, text: str) -> None:
    """A text in ASCII is searched in one pass; with another letter behind it, word by word."""
    marks = read(query.replace('"', "")).marks()
    plain = text.replace("é", "e")
    at_once = [piece.text for piece in excerpt(plain, marks) if piece.hit]
    word_by_word = [piece.text for piece in excerpt(f"{plain} –", marks) if piece.hit]
    assert at_once == word_by_word


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("Over the mountain and mountains", ["mountain"]),
        ("A_MOUNTAIN_B or c", ["A_MOUNTAIN_B"]),
        ("mountainous hills of the Hillman", ["hills", "Hillman"]),
        ("Ngũgĩ saw the Mountain", ["Mountain"]),
        ("nothing here", []),
    ],
)
def test_whole_words_and_beginnings_of_words_are_marked(text: str, hits: list[str]) -> None:
    marks = Marks({"mountain"}, {"hill"})
    assert [piece.text for piece in excerpt(text, marks) if piece.hit] == hits
