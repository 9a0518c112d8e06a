"""What is written in a format and read again says the same; what a format said is given back as it was."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azora_library.catalogue.contracts import Description
from azora_library.exchange import bibtex, bibtex_writing, csl, datacite, ris
from azora_library.exchange.faithful import differences, restored
from azora_library.exchange.formats import FORMATS, format_of
from azora_library.exchange.records import Read
from azora_library.exchange.writers import WRITERS

LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyzéèêëïôöüçñšũĩğłßøčж本")
WORD = st.text(LETTERS, min_size=2, max_size=12).filter(
    lambda text: text.lower() not in ("and", "others", "von", "van", "de")
)
WORDS = st.lists(WORD, min_size=1, max_size=5).map(" ".join).map(str.capitalize)
NAME = st.tuples(WORD, WORD).map(lambda pair: f"{pair[0].capitalize()} {pair[1].capitalize()}")
SAME = {
    "BibTeX": {"title", "type", "authors", "tags", "year", "publisher", "isbn", "issn", "doi", "content"},
    "RIS": {"title", "type", "authors", "tags", "year", "publisher", "isbn", "issn", "doi", "content"},
    "CSL-JSON": {"title", "type", "authors", "tags", "year", "publisher", "isbn", "issn", "doi", "content"},
    "DataCite JSON": {"title", "type", "authors", "tags", "year", "publisher", "isbn", "issn", "doi", "content"},
    "Dublin Core": {"title", "type", "authors", "tags", "year", "publisher", "isbn", "issn", "doi", "content"},
    "MARCXML": {"title", "type", "authors", "tags", "year", "isbn", "issn", "doi", "content"},
    "CSV": {"title", "type", "authors", "tags", "year", "publisher", "isbn", "issn", "doi", "content", "category"},
}  # fmt: skip
"""What each format has a word for, and so gives back."""


@st.composite
def works(draw: st.DrawFn) -> dict[str, Any]:
    """A resource as people describe it, with what a citation needs."""
    author = draw(NAME)
    values = {
        "title": draw(WORDS),
        "type": draw(st.sampled_from(["BOOK", "ARTICLE"])),
        "content": draw(st.sampled_from(["", "An abstract with 50 % & more."])),
        "authors": [author, *draw(st.lists(NAME.filter(lambda name: name != author), max_size=2))],
        "category": draw(st.none() | WORD),
        "tags": draw(st.lists(WORD, max_size=3)),
        "language": draw(st.sampled_from([None, "en", "zu", "af"])),
        "year": draw(st.integers(1500, 2030)),
        "publisher": draw(st.none() | WORDS),
        "isbn": draw(st.sampled_from([[], ["9780385474542"]])),
        "issn": draw(st.sampled_from([[], ["0317-8471"]])),
        "doi": draw(st.sampled_from([None, "10.1000/mhudi"])),
        "link": draw(st.sampled_from([None, "https://example.org/a_b"])),
        "details": {
            "contributors": draw(
                st.sampled_from([[], [{"name": author, "orcid": "0000-0002-1825-0097"}]])
            ),
            "container": {"title": "Staffrider", "volume": "9", "issue": "2", "pages": "17–42"},
            "place": "Alice",
        },
    }
    return Description.model_validate(values).model_dump(mode="json", exclude_defaults=False)


def read_again(text: str) -> Read:
    stream = io.BytesIO(text.encode())
    [found] = format_of(stream).read(stream, None)
    assert isinstance(found, Read), found
    return found


@pytest.mark.parametrize(
    "writer", [one for one in WRITERS.values() if one.name in SAME], ids=lambda one: one.name
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(values=works())
def test_what_a_format_has_words_for_comes_back(writer: Any, values: dict[str, Any]) -> None:
    found = read_again("".join(writer.pieces([(values, "key1")]))).record.model_dump(mode="json")
    kept = SAME[writer.name]
    assert {name: found[name] for name in kept} == {name: values[name] for name in kept}


JSON_TEXT = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=20
)
DATACITE_EXTRAS = st.fixed_dictionaries(
    {"titles": st.just([{"title": "Mhudi", "lang": "en"}, {"title": "Umhudi", "titleType": "TranslatedTitle", "lang": "zu"}])},
    optional={
        "creators": st.lists(st.fixed_dictionaries({"name": JSON_TEXT}, optional={"nameType": st.just("Personal"), "givenName": JSON_TEXT}), max_size=2),
        "geoLocations": st.just([{"geoLocationPlace": "Mafikeng", "geoLocationPoint": {"pointLatitude": -25.85}}]),
        "relatedItems": st.just([{"relatedItemType": "Book", "titles": [{"title": "Native Life"}]}]),
        "dates": st.lists(st.fixed_dictionaries({"date": JSON_TEXT, "dateType": st.sampled_from(["Issued", "Odd"])}), max_size=2),
        "publisher": st.one_of(JSON_TEXT, st.fixed_dictionaries({"name": JSON_TEXT, "publisherIdentifier": JSON_TEXT})),
        "publicationYear": st.integers(1800, 2030) | st.just("1930"),
        "sizes": st.lists(JSON_TEXT, max_size=2),
        "fundingReferences": st.just([{"funderName": "NRF", "awardNumber": "120845", "funderIdentifierType": "ROR"}]),
        "schemaVersion": st.just("http://datacite.org/schema/kernel-4.5"),
        "types": st.just({"resourceTypeGeneral": "Dataset", "resourceType": "Census", "ris": "DATA"}),
    },
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(DATACITE_EXTRAS)
def test_datacite_is_given_back_without_loss(said: dict[str, Any]) -> None:
    found = datacite.read_record(1, said)
    assert isinstance(found, Read), found
    assert datacite.write(found.record.model_dump(mode="json")) == said


@settings(max_examples=25, deadline=None)
@given(
    st.fixed_dictionaries(
        {"title": JSON_TEXT, "type": st.sampled_from(["book", "thesis", "odd"])},
        optional={
            "author": st.lists(st.fixed_dictionaries({"family": JSON_TEXT, "given": JSON_TEXT})),
            "issued": st.sampled_from([{"date-parts": [[2001, 5]]}, {"raw": "spring 2001"}]),
            "custom": st.dictionaries(JSON_TEXT, JSON_TEXT, max_size=2),
            "page": JSON_TEXT,
        },
    )
)
def test_csl_is_given_back_without_loss(said: dict[str, Any]) -> None:
    found = csl.read_item(1, said)
    if isinstance(found, Read):
        assert csl.write(found.record.model_dump(mode="json")) == said


def bibtex_fields(text: bytes) -> dict[int, dict[str, str]]:
    """The fields of each entry by its number, as BibTeX itself would see them."""
    entries: dict[int, dict[str, str]] = {}

    def note(number: int, entry: Any, abbreviations: Any) -> Any:
        fields = entries.setdefault(number, {"entrytype": entry.entry_type.lower()})
        for field in entry.fields:
            value = bibtex.resolve(str(field.value), abbreviations)
            fields.setdefault(field.key.lower(), " ".join(value.split()))
        return read(number, entry, abbreviations)

    read: Callable[..., Any] = bibtex.read_entry
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bibtex, "read_entry", note)
        list(bibtex.read_bibtex(io.BytesIO(text)))
    return entries


def test_debians_bibliographies_are_given_back_without_loss(bibtex_files: Path) -> None:
    compared = 0
    for file in bibtex_files.glob("*.bib"):
        said = bibtex_fields(file.read_bytes())
        with file.open("rb") as stream:
            found = [one for one in bibtex.read_bibtex(stream) if isinstance(one, Read)]
        for one in found:
            text = bibtex_writing.as_text(one.record.model_dump(mode="json"), one.key)
            assert bibtex_fields(text.encode()) == {1: said[one.number]}, one.key
            compared += 1
    assert compared > 100


def test_what_people_edited_here_is_not_overwritten_by_what_the_source_said() -> None:
    kept = differences({"year": "MCMXXX", "annote": "Signed"}, {"year": "1930"})
    assert restored({"year": "1930"}, kept) == {"year": "MCMXXX", "annote": "Signed"}
    assert restored({"year": "1957"}, kept) == {"year": "1957", "annote": "Signed"}


@pytest.mark.parametrize("known", FORMATS, ids=lambda one: one.name)
@settings(max_examples=25, deadline=None)
@given(noise=st.binary(max_size=300), at=st.integers(0, 2000), values=works())
def test_damage_is_refused_and_never_raises(
    known: Any, noise: bytes, at: int, values: dict[str, Any]
) -> None:
    writer = next((one for one in WRITERS.values() if one.name == known.name), WRITERS["bib"])
    whole = "".join(writer.pieces([(values, "a"), (values, "b")])).encode()
    for content in (noise, whole[:at] + noise + whole[at:], whole[:at]):
        for found in known.read(io.BytesIO(content), None):
            assert isinstance(found, Read) or found.reason


def test_a_reference_keeps_tags_that_ris_does_not_know() -> None:
    text = "TY  - JOUR\nTI  - Mhudi\nAU  - Plaatje, Sol T.\nZZ  - odd\nID  - k1\nER  - \n"
    [found] = ris.read_ris(io.BytesIO(text.encode()))
    assert isinstance(found, Read)
    again = ris.as_text(found.record.model_dump(mode="json"), found.key)
    assert sorted(filter(str.strip, again.splitlines())) == sorted(text.strip("\n").splitlines())


def test_a_page_of_datacites_api_is_a_list_of_records() -> None:
    page = {
        "data": [{"id": "10.5072/a", "type": "dois", "attributes": {"titles": [{"title": "A"}]}}]
    }
    stream = io.BytesIO(json.dumps(page).encode())
    assert format_of(stream).name == "DataCite JSON"
    [found] = datacite.read_datacite(stream)
    assert isinstance(found, Read) and (found.key, found.record.title) == ("10.5072/a", "A")
