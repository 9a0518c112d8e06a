"""The library as an OAI-PMH provider, asked by a client that others wrote (sickle)."""

import time
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lxml import etree
from sickle import Sickle
from sickle.oaiexceptions import (
    BadArgument,
    BadResumptionToken,
    CannotDisseminateFormat,
    IdDoesNotExist,
    NoRecordsMatch,
)

OAI = "{http://www.openarchives.org/OAI/2.0/}"


@pytest.fixture(params=["GET", "POST"])
def oai(campus: Any, request: pytest.FixtureRequest) -> Sickle:
    return asking(campus, request.param)


def asking(campus: Any, method: str) -> Sickle:
    return Sickle(f"{campus.url}/api/library/oai", http_method=method)


def add(campus: Any, word: str, **fields: Any) -> dict[str, Any]:
    values = {"title": word, "type": "BOOK", "category": word, "authors": ["Sol T. Plaatje"]}
    return campus.call("library.add_resource", **values | fields)


def eventually(make: Any, seconds: float = 20.0) -> Any:
    limit = time.monotonic() + seconds
    while not (found := make()):
        assert time.monotonic() < limit, "it did not come about"
        time.sleep(0.05)
    return found


def test_the_provider_says_who_it_is_and_in_which_forms(oai: Sickle) -> None:
    identity = oai.Identify()
    assert identity.protocolVersion == "2.0"
    assert identity.deletedRecord == "persistent"
    assert identity.granularity == "YYYY-MM-DDThh:mm:ssZ"
    assert identity.baseURL.endswith("/api/library/oai")
    prefixes = [one.metadataPrefix for one in oai.ListMetadataFormats()]
    assert prefixes == ["oai_dc", "oai_datacite", "marcxml"]


def test_a_long_list_is_harvested_whole_though_records_change_meanwhile(
    campus: Any, word: str
) -> None:
    oai, by_form = (asking(campus, method) for method in ("GET", "POST"))
    added = {add(campus, f"{word} {number}", category=word)["id"] for number in range(230)}
    spec = f"category:{word}"
    records = oai.ListRecords(metadataPrefix="oai_dc", set=spec)
    first = next(records)
    late = add(campus, f"{word} late", category=word)["id"]
    seen = [first.header.identifier, *(one.header.identifier for one in records)]
    assert len(seen) == len(set(seen)) == 230
    assert {one.rpartition(":")[2] for one in seen} == added
    again = [
        one.identifier.rpartition(":")[2]
        for one in by_form.ListIdentifiers(metadataPrefix="oai_dc", set=spec)
    ]
    assert late in again and len(again) == 231
    sets = eventually(lambda: [one for one in oai.ListSets() if one.setSpec == spec])
    assert sets[0].setName == word


@pytest.mark.parametrize(
    ("prefix", "words"),
    [("oai_dc", b"Plaatje, Sol T."), ("oai_datacite", b"creatorName"), ("marcxml", b"datafield")],
)
def test_a_record_is_had_in_each_form(
    campus: Any, oai: Sickle, word: str, prefix: str, words: bytes
) -> None:
    id = add(campus, word)["id"]
    found = oai.GetRecord(identifier=f"oai:{oai_space(oai)}:{id}", metadataPrefix=prefix)
    assert words in etree.tostring(found.xml) and word.encode() in etree.tostring(found.xml)


def oai_space(oai: Sickle) -> str:
    text = etree.tostring(oai.Identify().xml).decode()
    return text.partition("repositoryIdentifier>")[2].partition("<")[0]


def test_what_is_deleted_or_closed_is_told_and_stays_told(
    campus: Any, oai: Sickle, word: str
) -> None:
    gone, closed, hidden = (
        add(campus, f"{word} {name}", category=word, **given)["id"]
        for name, given in (
            ("gone", {}),
            ("closed", {}),
            ("hidden", {"record_access": "restricted", "file_access": "restricted"}),
        )
    )
    campus.call("library.remove_resource", id=gone)
    campus.call("library.set_access", id=closed, record_access="members", file_access="members")

    def headers() -> dict[str, bool]:
        try:
            found = list(oai.ListIdentifiers(metadataPrefix="oai_dc", set=f"category:{word}"))
        except NoRecordsMatch:
            return {}
        return {one.identifier.rpartition(":")[2]: one.deleted for one in found}

    eventually(lambda: headers() == {gone: True, closed: True})
    assert hidden not in headers()


def test_only_what_changed_since_is_given(campus: Any, oai: Sickle, word: str) -> None:
    add(campus, word)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    with pytest.raises(NoRecordsMatch):
        oai.ListRecords(**{"metadataPrefix": "oai_dc", "from": tomorrow.strftime("%Y-%m-%d")})


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("verb=Identify&%01=1", "badArgument"),
        ("verb=ListRecords&resumptionToken=a&resumptionToken=b", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=category:~0~", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=category:~d800~", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&until=0001-01-01", "noRecordsMatch"),
        (
            "verb=ListRecords&metadataPrefix=oai_dc&from=9999-12-31&until=9999-12-31",
            "noRecordsMatch",
        ),
    ],
)
def test_what_no_record_can_be_is_refused_in_the_protocols_words(
    oai: Sickle, arguments: str, code: str
) -> None:
    with urllib.request.urlopen(f"{oai.endpoint}?{arguments}") as answer:
        assert f'code="{code}"'.encode() in answer.read()


def test_the_protocols_own_errors(oai: Sickle) -> None:
    for error, ask in (
        (CannotDisseminateFormat, lambda: oai.ListRecords(metadataPrefix="mods")),
        (BadArgument, lambda: oai.ListRecords(metadataPrefix="oai_dc", until="yesterday")),
        (BadArgument, lambda: oai.ListRecords(metadataPrefix="oai_dc", colour="red")),
        (BadResumptionToken, lambda: oai.ListRecords(resumptionToken="nonsense")),
        (IdDoesNotExist, lambda: oai.GetRecord(identifier="oai:x:y", metadataPrefix="oai_dc")),
        (NoRecordsMatch, lambda: oai.ListRecords(metadataPrefix="oai_dc", set="nowhere")),
    ):
        with pytest.raises(error):
            ask()
    with urllib.request.urlopen(f"{oai.endpoint}?verb=Identify&verb=Identify") as answer:
        assert b'code="badVerb"' in answer.read()
