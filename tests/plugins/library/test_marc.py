"""MARC 21 records become ours, and damaged ones cost only themselves."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymarc import Field, Indicators, Leader, Record, Subfield

from azora_library.exchange import records
from azora_library.exchange.marcfile import read_marc
from azora_library.exchange.records import Read, Refused

WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "Zs"]), min_size=1, max_size=40)


def field(tag: str, *pairs: str, first: str = " ", second: str = " ") -> Field:
    subfields = [Subfield(pair[0], pair[1:]) for pair in pairs]
    return Field(tag=tag, indicators=Indicators(first, second), subfields=subfields)


def record(*fields: Field, number: str = "42") -> Record:
    made = Record()
    made.leader = Leader("00000nam a2200000 a 4500")
    made.add_field(Field(tag="001", data=number))
    made.add_field(*fields)
    return made


def read(data: bytes) -> list[Read | Refused]:
    return list(read_marc(io.BytesIO(data)))


def test_every_field_that_we_keep_is_read() -> None:
    made = record(
        Field(tag="003", data="ZA-CtU"),
        Field(tag="008", data="851001s1930    sa            000 1 eng d"),
        field("020", "a0385474547 (pbk.)"),
        field("022", "a0317-8471"),
        field("024", "a10.1000/Mhudi", "2doi", first="7"),
        field("041", "atsneng"),
        field("082", "a823.912"),
        field("100", "aPlaatje, Sol T.,", "d1876-1932.", first="1"),
        field("245", "aMhudi :", "ban epic of native life /", "cSol T. Plaatje."),
        field("264", "aLovedale :", "bLovedale Press,", "c1930.", second="1"),
        field("520", "aA love story."),
        field("650", "aBarolong (African people)", "vFiction."),
        field("700", "aCouzens, Tim,", "eeditor.", first="1"),
        field("700", "aShakespeare, William.", "tHamlet.", first="1"),
        field("856", "uhttps://example.org/mhudi", first="4"),
    )
    [found] = read(made.as_marc())
    assert isinstance(found, Read)
    assert found.key == "ZA-CtU:42"
    assert found.record.model_dump(exclude={"key", "details", "custom"}) == {
        "title": "Mhudi: an epic of native life",
        "type": "BOOK",
        "content": "A love story.",
        "authors": ["Sol T. Plaatje", "Tim Couzens"],
        "category": "Literature",
        "tags": ["Barolong (African people)"],
        "language": "tn",
        "year": 1930,
        "publisher": "Lovedale Press",
        "isbn": ["9780385474542"],
        "issn": ["0317-8471"],
        "doi": "10.1000/mhudi",
        "link": "https://example.org/mhudi",
    }


@given(WORDS, st.lists(WORDS, max_size=5))
def test_whatever_is_written_into_a_record_is_read_from_it(title: str, subjects: list[str]) -> None:
    made = record(
        field("245", f"aA {title}"), *(field("650", f"a{subject}") for subject in subjects)
    )
    [found] = read(made.as_marc())
    assert isinstance(found, Read)
    assert found.record.title == f"A {records.clean(title)}".strip()
    assert len(found.record.tags) <= len(subjects)


@settings(max_examples=300)
@given(st.binary(max_size=400))
def test_noise_is_refused_and_never_raises(noise: bytes) -> None:
    read(noise)


@settings(max_examples=300)
@given(st.data())
def test_a_damaged_record_costs_only_itself(data: st.DataObject) -> None:
    first, last = (
        record(field("245", f"a{title}"), number=title).as_marc() for title in ("First", "Last")
    )
    broken = bytearray(record(field("245", "aBroken"), number="broken").as_marc())
    place = data.draw(st.integers(0, len(broken) - 2))
    broken[place] = data.draw(st.integers(0, 255).filter(lambda byte: byte != 0x1D))
    found = read(first + bytes(broken) + last)
    titles = [one.record.title for one in found if isinstance(one, Read)]
    assert titles[0] == "First" and titles[-1] == "Last"


@pytest.mark.parametrize("kept", [1, 30, 60])
def test_a_truncated_file_gives_its_whole_records_and_names_the_last(kept: int) -> None:
    whole = record(field("245", "aWhole")).as_marc()
    found = read(whole + record(field("245", "aCut off")).as_marc()[:kept])
    assert isinstance(found[0], Read)
    assert found[1:] == [Refused(2, found[1].key, "the file ends in the middle of this record")]


def test_a_record_that_lost_its_end_does_not_take_the_next_one_with_it() -> None:
    cut = record(field("245", "aCut off"), number="cut").as_marc()[:-10]
    refused, found = read(cut + record(field("245", "aNext"), number="next").as_marc())
    assert isinstance(refused, Refused) and isinstance(found, Read)
    assert found.record.title == "Next"


def test_a_record_without_end_is_refused_in_bounded_memory() -> None:
    whole = record(field("245", "aWhole")).as_marc()
    found = read(b"12345" + b"x" * 2_000_000 + b"\x1d" + whole)
    assert [type(one) for one in found] == [Refused, Read]
    assert "99,999 bytes" in found[0].reason  # type: ignore[union-attr]


def test_utf8_that_the_leader_does_not_announce_is_read_all_the_same() -> None:
    data = bytearray(record(field("245", "aNgũgĩ")).as_marc())
    data[9:10] = b" "
    [found] = read(bytes(data))
    assert isinstance(found, Read) and found.record.title == "Ngũgĩ"


def test_marc8_is_decoded() -> None:
    data = record(field("245", "aSociXXte")).as_marc().replace(b"XX", b"\xe2e")
    data = data[:9] + b" " + data[10:]
    [found] = read(data)
    assert isinstance(found, Read) and found.record.title == "Sociéte"


def test_a_record_that_says_utf8_and_is_not_names_the_byte() -> None:
    [found] = read(record(field("245", "aSociXte")).as_marc().replace(b"X", b"\xe9"))
    assert isinstance(found, Refused) and "byte e9" in found.reason


def test_another_encoding_is_read_when_it_is_named() -> None:
    data = (
        record(field("245", "a" + "?" * 10))
        .as_marc()
        .replace(b"?" * 10, "Ведомости!".encode("cp1251"))
    )
    data = data[:9] + b" " + data[10:]
    [garbled] = read(data)
    assert isinstance(garbled, Refused) and "--encoding" in garbled.reason
    [found] = read_marc(io.BytesIO(data), "cp1251")
    assert isinstance(found, Read) and found.record.title == "Ведомости!"


def test_a_record_without_a_title_says_so() -> None:
    assert read(record(field("650", "aLand")).as_marc()) == [Refused(1, "42", "has no title")]


def test_a_record_without_a_number_is_known_by_its_content() -> None:
    made = record(field("245", "aUnnumbered"))
    made.remove_fields("001")
    once, again = read(made.as_marc() * 2)
    assert isinstance(once, Read) and isinstance(again, Read)
    assert once.key == again.key and once.key.startswith("sha256-")
