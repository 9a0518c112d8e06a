"""Records leave in every form, cited in every style, and only to who may see them."""

import json
from typing import Any

import pytest
from jsonschema_rs import validator_for
from lxml import etree

from azora_library.catalogue.models import ResourceRow
from azora_library.exchange.citations import STYLES
from azora_library.exchange.datacite_writing import by_schema
from azora_library.exchange.exporting import values_of
from azora_library.exchange.writers import WRITERS

MHUDI = {
    "title": "Mhudi: an epic of native life",
    "type": "BOOK",
    "authors": ["Sol T. Plaatje"],
    "year": 1930,
    "publisher": "Lovedale Press",
    "isbn": ["9780385474542"],
    "doi": "10.1000/mhudi",
    "tags": ["Barolong"],
    "details": {
        "place": "Lovedale",
        "titles": [{"text": "an epic of native life", "kind": "Subtitle"}],
        "contributors": [{"name": "Tim Couzens", "role": "Editor"}],
    },
}
EXPECTED = {
    "bib": "author = {Plaatje, Sol T.}",
    "ris": "AU  - Plaatje, Sol T.",
    "csl.json": '"family":"Plaatje"',
    "datacite.json": '"familyName":"Plaatje"',
    "jsonld": '"@type":"Book"',
    "dc.xml": "<dc:creator>Plaatje, Sol T.</dc:creator>",
    "marc.xml": "Plaatje, Sol T.",
    "mrc": "Plaatje, Sol T.",
    "csv": "Sol T. Plaatje",
}


def written(library: Any, id: str, ending: str) -> str:
    document = library.call("write_resource", by=None, id=id, format=ending)
    assert document.media_type == WRITERS[ending].media_type
    return document.text


@pytest.mark.parametrize("ending", WRITERS)
def test_a_record_is_had_in_every_form(library: Any, ending: str) -> None:
    id = library.add(**MHUDI).id
    text = written(library, id, ending)
    assert EXPECTED[ending] in text
    if "json" in ending:
        json.loads(text)
    if ending.endswith("xml"):
        etree.fromstring(text.encode())


def test_datacite_is_what_its_schema_says(library: Any) -> None:
    """By the schema that the `datacite` package carries."""
    from datacite import schema45

    record = by_schema(
        values_of(library.hosted, ResourceRow.get(ResourceRow.id == library.add(**MHUDI).id), {})
    )
    assert list(map(str, validator_for(schema45.validator.schema).iter_errors(record))) == []


def test_every_style_names_author_year_and_title(library: Any) -> None:
    id = library.add(**MHUDI).id
    cited = library.call("cite_resource", by=None, id=id).items
    assert [one.style for one in cited] == list(STYLES)
    for one in cited:
        assert all(word in one.text for word in ("Plaatje", "1930", "Mhudi")), one
    harvard = cited[0]
    assert harvard.text.startswith("Plaatje, S.T. (1930) Mhudi")
    assert [piece.text for piece in harvard.pieces if piece.italic]


@pytest.mark.parametrize("style", STYLES)
def test_a_title_with_markup_is_cited_as_it_is(library: Any, style: str) -> None:
    id = library.add(title="<script>alert(1)</script> & co", authors=["A. Person"], year=2001).id
    [one] = library.call("cite_resource", by=None, id=id, style=style).items
    assert "alert(1)" in one.text and "&amp;" not in one.text


def test_a_hidden_record_is_not_there_in_any_form(library: Any) -> None:
    id = library.add(**MHUDI, record_access="restricted", file_access="restricted").id
    for call, more in (("write_resource", {"format": "bib"}), ("cite_resource", {})):
        with pytest.raises(Exception, match="no resource"):
            library.call(call, by=None, id=id, **more)
    assert "Mhudi" in library.call("write_resource", id=id, format="bib").text


def test_all_that_a_search_finds_is_one_file_without_what_is_hidden(campus: Any, word: str) -> None:
    for number in range(130):
        campus.call("library.add_resource", title=f"{word} {number:03}", type="BOOK")
    campus.call(
        "library.add_resource", title=f"{word} hidden", type="BOOK", record_access="restricted"
    )
    reader = campus.client()
    answer = reader.get(f"/api/library/search/export?query={word}&format=csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="library.csv"'
    lines = answer.text.splitlines()
    assert len(lines) == 131 and lines[0].startswith("key,title")
    items = reader.get(f"/api/library/search/export?query={word}&format=csl.json").json()
    assert sorted(one["title"] for one in items) == [f"{word} {n:03}" for n in range(130)]


def test_a_program_that_prefers_bibtex_is_led_from_the_page_to_it(campus: Any, word: str) -> None:
    id = campus.call("library.add_resource", title=word, type="BOOK")["id"]
    reader = campus.client()
    for media_type in ("application/x-bibtex", "application/vnd.datacite.datacite+json"):
        answer = reader.get(f"/library/{id}", headers={"Accept": media_type})
        assert answer.headers["content-type"] == f"{media_type}; charset=utf-8"
        assert word in answer.text
    page = reader.get(f"/library/{id}", headers={"Accept": "text/html"})
    assert f'href="/library/{id}.bib"' in page.text
    described = page.text.partition('<script type="application/ld+json">')[2]
    assert json.loads(described.partition("</script>")[0])["name"] == word
    assert word in reader.get(f"/library/{id}/cite", headers={"Accept": "text/html"}).text


def test_a_spreadsheet_takes_no_cell_for_a_formula(library: Any) -> None:
    text = written(library, library.add(title="=HYPERLINK(1)").id, "csv")
    assert "'=HYPERLINK(1)" in text
