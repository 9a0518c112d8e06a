"""A word of five letters or more that is one edit away still finds the record, on both databases."""

from typing import Any

import pytest

from azora_library.discovery.vocabulary import alphabet, edits

WORKS = [
    ("Mhudi", "Sol T. Plaatje", "Barolong"),
    ("Things Fall Apart", "Chinua Achebe", "Igbo novels"),
    ("Ityala Lamawele", "S. E. K. Mqhayi", "isiXhosa"),
    ("Petals of Blood", "Ngũgĩ wa Thiong'o", "Kenya"),
    ("Nervous Conditions", "Tsitsi Dangarembga", "Zimbabwe"),
    ("Ingqumbo Yeminyanya", "A. C. Jordan", "Mpondomise"),
    ("Vergelyking van grondwette", "Ingrid Jonker", "Staatsreg"),
    ("Introductory Statistics", "Barbara Illowsky", "Probability"),
    ("The Chemistry of Water", "Marie Curie", "Hydrogen"),
    ("Война и мир", "Лев Толстой", "Литература"),
]
MISSPELLINGS = {
    "Mhudi": ["mhdui", "mhudii", "plaatjie", "platje", "pllaatje", "barolnog", "barolonq"],
    "Things Fall Apart": ["thnigs", "thingz", "apatr", "acheba", "achbe", "chinau", "novells"],
    "Ityala Lamawele": ["ityalla", "lamawelle", "lamawle", "mqhaya", "mqhayii", "isixhoza"],
    "Petals of Blood": ["petalls", "ptals", "bloood", "bolod", "ngugii", "nguigi", "kenia"],
    "Nervous Conditions": ["nervuos", "condtions", "conditoins", "tsitsy", "zimbabve"],
    "Ingqumbo Yeminyanya": ["ingqumba", "yeminyana", "jorden", "mpondomiss"],
    "Vergelyking van grondwette": ["vergeliking", "grondwete", "jonkar", "staatsregg"],
    "Introductory Statistics": ["statistcs", "statisitcs", "ilowsky", "probabillity"],
    "The Chemistry of Water": ["chemestry", "watter", "hydrojen", "currie"],
    "Война и мир": ["войнв", "толстйо", "литиратура"],
}
CASES = [(title, typed) for title, several in MISSPELLINGS.items() for typed in several]


@pytest.fixture(scope="module")
def shelf(library: Any) -> Any:
    for title, author, tag in WORKS:
        library.add(title=title, authors=[author], tags=[tag])
    return library


def test_there_are_fifty_misspellings() -> None:
    assert len(CASES) >= 50


@pytest.mark.parametrize(("title", "typed"), CASES)
def test_one_edit_away_still_finds_the_record(shelf: Any, title: str, typed: str) -> None:
    found = shelf.call("search", by=None, query=typed)
    assert found.items[0].title == title
    assert found.close


def test_it_says_what_may_have_been_meant(shelf: Any) -> None:
    found = shelf.call("search", by=None, query="author:Achebbe fall")
    assert (found.close, found.did_you_mean) == (True, "author:achebe fall")


def test_what_is_exactly_there_is_alone(shelf: Any) -> None:
    shelf.add(title="Bloodd groups")
    found = shelf.call("search", by=None, query="bloodd")
    assert ([hit.title for hit in found.items], found.close) == (["Bloodd groups"], False)


def test_another_spelling_that_finds_far_more_is_proposed(shelf: Any, word: str) -> None:
    shelf.add(title=f"{word[:12]} Laboratry")
    for number in range(6):
        shelf.add(title=f"{word[:12]} Laboratory {number}")
    found = shelf.call("search", by=None, query=f"{word[:12]} laboratry")
    assert (found.total, found.close) == (1, False)
    assert found.did_you_mean == f"{word[:12]} laboratory"


def test_a_short_word_is_taken_as_it_is(shelf: Any) -> None:
    assert shelf.titles(query="fal1") == []


def test_a_phrase_and_an_exclusion_are_taken_as_they_are(shelf: Any) -> None:
    assert shelf.titles(query='"thnigs fall"') == []
    assert "Mhudi" in shelf.titles(query="plaatjie -barolnog")


def test_a_word_that_is_gone_from_every_record_is_proposed_to_nobody(shelf: Any) -> None:
    added = shelf.add(title="Quaggapedia")
    shelf.call("remove_resource", id=added.id)
    found = shelf.call("search", by=None, query="quagapedia")
    assert (found.total, found.did_you_mean) == (0, None)


def test_a_hidden_record_lends_nobody_its_words(shelf: Any) -> None:
    shelf.add(title="Zanemvulazana", record_access="restricted")
    found = shelf.call("search", by=None, query="zanemvulazan1")
    assert (found.total, found.did_you_mean) == (0, None)


def test_edits_are_one_letter_more_less_other_or_in_anothers_place() -> None:
    near = set(edits("water"))
    assert {"waters", "wate", "wader", "watre", "ater", "qwater"} <= near
    assert "wtear" not in near and "waterss" not in near


def test_a_word_is_mistyped_in_its_own_script() -> None:
    assert set("абвя") <= set(alphabet("война")) and "z" not in alphabet("война")
    assert alphabet("water").startswith("abc")


def test_a_number_is_no_word_that_somebody_misspelt(library: Any, word: str) -> None:
    numbers = ("778899", "9780143026556")
    library.add(title=f"{word[:12]} {numbers[0]}", isbn=[numbers[1]])
    known = library.hosted.database.execute(
        "SELECT word FROM library_term WHERE word IN (?, ?, ?)", word[:12], *numbers
    )
    assert [row[0] for row in known] == [word[:12]]
