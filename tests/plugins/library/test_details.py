"""The record whole: what a catalogue says of a resource beyond what its form asks."""

from typing import Any

import pytest

from azora_library import domain

DETAILS = {
    "title_language": "en",
    "titles": [{"text": "Umlando", "kind": "TranslatedTitle", "language": "zu"}],
    "contributors": [
        {"name": "Sol T. Plaatje", "given": "Sol T.", "family": "Plaatje"},
        {
            "name": "Tim Couzens",
            "role": "Editor",
            "orcid": "https://orcid.org/0000-0002-1825-0097",
            "affiliations": [{"name": "Wits", "identifier": "https://ror.org/03rp50x72"}],
        },
    ],
    "container": {"title": "Staffrider", "volume": "9", "issue": "2", "pages": "17–42"},
    "funding": [{"funder": "NRF", "award": "120845"}],
    "kept": {"bibtex": {"annote": "Signed copy"}},
}


def test_details_are_kept_and_say_only_what_they_say(library: Any, word: str) -> None:
    id = library.add(title=word, details=DETAILS).id
    details = library.call("read_resource", id=id).details.model_dump(exclude_defaults=True)
    assert details["contributors"][1]["orcid"] == "0000-0002-1825-0097"
    assert details["container"] == DETAILS["container"]
    assert set(details) == set(DETAILS)


def test_a_form_that_shows_no_details_leaves_them(library: Any, word: str) -> None:
    made = library.add(title=word, details=DETAILS)
    library.call("replace_resource", id=made.id, title=f"{word} again", type="BOOK")
    assert library.call("read_resource", id=made.id).details == made.details
    library.call("update_resource", id=made.id, details={})
    assert library.call("read_resource", id=made.id).details.contributors == []


def test_a_translated_title_and_the_journal_are_found(library: Any, word: str) -> None:
    library.add(title="Mhudi", details={"titles": [{"text": word}]})
    library.add(title="Essay", details={"container": {"title": f"{word} quarterly"}})
    assert sorted(library.titles(query=word)) == ["Essay", "Mhudi"]


@pytest.mark.parametrize(
    "orcid", ["0000-0002-1825-0098", "0000-0002-1825", "orcid", "٠٠٠٠-0002-1825-0097"]
)
def test_a_mistyped_orcid_is_refused(library: Any, orcid: str) -> None:
    assert domain.orcid(orcid) is None
    with pytest.raises(Exception, match="not right"):
        library.add(details={"contributors": [{"name": "A", "orcid": orcid}]})
