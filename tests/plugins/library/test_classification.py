"""Classifications that others made: read, hung into the tree, and refused where they are none."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azora.errors import Invalid
from azora_library.subjects.classification import read

DEWEY = """notation,name,name_zu
800,Literature,Izincwadi
820,English literature,
822,English drama,
822.33,William Shakespeare,
896,African literatures,
000,Computing and general works,
004,Computing,
"""
TURTLE = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix udc: <http://udcdata.info/> .
udc:1 a skos:Concept ; skos:notation "5" ; skos:prefLabel "Mathematics. Natural sciences"@en, "Mathématiques"@fr .
udc:2 a skos:Concept ; skos:notation "51" ; skos:prefLabel "Mathematics"@en-GB ; skos:broader udc:1 .
udc:3 skos:prefLabel "Physics"@en . udc:1 skos:narrower udc:3 .
"""
JSONLD = {
    "@context": {"skos": "http://www.w3.org/2004/02/skos/core#"},
    "@graph": [
        {"@id": "urn:a", "skos:prefLabel": {"@value": "Arts", "@language": "en"}},
        {
            "@id": "urn:b",
            "skos:prefLabel": {"@value": "Music", "@language": "en"},
            "skos:broader": {"@id": "urn:a"},
        },
    ],
}
RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:skos="http://www.w3.org/2004/02/skos/core#"><skos:Concept rdf:about="urn:a">
 <skos:prefLabel xml:lang="en">Law</skos:prefLabel></skos:Concept></rdf:RDF>"""


def tree(text: str) -> dict[str, str | None]:
    """Each name with the name above it."""
    nodes = read(text.encode(), "en")
    names = {node.key: node.name for node in nodes}
    return {node.name: node.above and names[node.above] for node in nodes}


def test_a_table_of_dewey_numbers_is_a_tree_by_its_numbers() -> None:
    assert tree(DEWEY) == {
        "Literature": None,
        "English literature": "Literature",
        "English drama": "English literature",
        "William Shakespeare": "English drama",
        "African literatures": "Literature",
        "Computing and general works": None,
        "Computing": "Computing and general works",
    }
    assert read(DEWEY.encode(), "en")[0].labels == {"zu": "Izincwadi"}


def test_a_table_may_name_what_stands_above() -> None:
    assert tree("name;parent\nMusic;Arts\nArts;\n") == {"Arts": None, "Music": "Arts"}


def test_skos_is_read_in_its_three_forms() -> None:
    assert tree(TURTLE) == {
        "Mathematics. Natural sciences": None,
        "Mathematics": "Mathematics. Natural sciences",
        "Physics": "Mathematics. Natural sciences",
    }
    first = read(TURTLE.encode(), "en")[0]
    assert (first.notation, first.labels) == ("5", {"fr": "Mathématiques"})
    assert tree(json.dumps(JSONLD)) == {"Arts": None, "Music": "Arts"}
    assert tree(RDF) == {"Law": None}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no category|names the columns"),
        ("title,author\nMhudi,Plaatje\n", "names the columns"),
        ("name,parent\nMusic,Arts\n", "not there"),
        ("name,parent\nA,B\nB,A\n", "below itself"),
        ("@prefix broken", "not turtle"),
        ("<rdf:RDF", "not xml"),
        ('{"@context": "https://evil.example/context"}', "not fetched"),
        ('{"a": [{"@context": ["https://evil.example/context"]}]}', "not fetched"),
        ("[" * 100_000, "not JSON"),
        ("name\n" + "x\n" * 50_001, "more than 50,000"),
    ],
)
def test_what_is_no_classification_is_refused_with_the_reason(text: str, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        read(text.encode(), "en")
    assert refused.value.code == "library.classification_unreadable"


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_whatever_comes_is_read_or_refused(content: bytes) -> None:
    try:
        nodes = read(content, "en")
    except Invalid:
        return
    before: set[str] = set()
    for node in nodes:
        assert node.name and (node.above is None or node.above in before)
        before.add(node.key)


def test_a_classification_hangs_below_a_category_and_comes_in_once(library: Any, word: str) -> None:
    library.call("add_category", name=word)
    library.call("add_category", name=f"{word} Computing")
    table = DEWEY.replace(",English", f",{word} English").replace(
        ",Computing\n", f",{word} Computing\n"
    )
    file = library.hosted.files.put([table.encode()], "ddc.csv", "text/csv").model_dump()
    taken = library.call("import_classification", file=file, parent=word)
    assert (taken.added, taken.known) == (7, 0)
    again = library.call("import_classification", file=file, parent=word)
    assert (again.added, again.known) == (0, 7)
    shown = library.call("browse_categories", id="William Shakespeare")
    assert shown.path[0].name == word
    library.call("remove_category", id=word, branch=True)
