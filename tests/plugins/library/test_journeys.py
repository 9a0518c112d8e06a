"""Lending, shelves and reading in a real browser, without scripts, at both widths."""

import io
import wave
from mimetypes import guess_type
from pathlib import Path
from typing import Any

import requests
from tests.plugins.library import books

from azora.testing.browser import browse

JOURNEYS = Path(__file__).with_name("journeys.py")


def test_a_book_is_kept_lent_renewed_and_taken_back(embedded_campus: Any, tmp_path: Path) -> None:
    campus = embedded_campus
    book = campus.call("library.add_resource", title="Mhudi", type="BOOK", authors=["Sol Plaatje"])
    librarian = campus.as_account("library.manage", "library.lend", "library.borrow")
    reader = campus.as_account("library.borrow", "library.read")
    sessions = [one.cookies["azora_session"] for one in (librarian, reader)]
    made = browse(JOURNEYS, "lending", campus.url, tmp_path, *sessions, book["id"])
    seen = made["seen"]
    assert seen["added"] == "Added."
    assert seen["copies"] == ["896.3 PLA Main hall On the shelf"]
    assert seen["waits"][0].startswith("Mhudi Number 1 in the queue")
    assert seen["to fetch"][0].startswith("Mhudi Thandi")
    assert seen["set aside"].startswith("Set “Mhudi” aside for card C")
    assert seen["ready for the next"] == ""
    assert seen["lent"].startswith("“Mhudi” is lent to Thandi until")
    assert seen["renewed"] == "Saved."
    assert "L-77" in seen["on loan"][0]
    assert "on loan" in seen["refused"]
    assert seen["kept"] == "L-77"
    assert seen["back"] == "“Mhudi” goes back to its shelf: Main hall, 896.3 PLA"
    assert seen["cards"][0].startswith("Thandi C")
    assert made["fits"]


def test_a_collection_is_begun_and_a_reading_list_is_kept_in_order(
    embedded_campus: Any, tmp_path: Path
) -> None:
    campus = embedded_campus
    books = [
        campus.call("library.add_resource", title=title, type="BOOK")["id"]
        for title in ("Mhudi", "Native Life")
    ]
    librarian = campus.as_account("library.manage", "library.keep_lists")
    reader = campus.as_account("library.keep_lists", "library.read")
    sessions = [one.cookies["azora_session"] for one in (librarian, reader)]
    made = browse(JOURNEYS, "shelves", campus.url, tmp_path, *sessions, *books)
    seen = made["seen"]
    assert seen["begun"] == "Added."
    assert seen["collection"] == "Soweto writes"
    assert seen["kept"] == "Added."
    assert seen["order"] == ["Native Life", "Mhudi"]
    assert "Read it" in seen["progress"]
    assert seen["lists"] == ["Holidays"]
    assert made["fits"]


def test_a_book_is_read_and_a_sound_plays_with_captions(
    embedded_campus: Any, tmp_path: Path
) -> None:
    campus = embedded_campus
    librarian = campus.as_account("library.manage", "library.read")
    ids = [
        added_with(librarian, name, content)
        for name, content in (
            ("book.epub", books.epub()),
            ("document.pdf", books.pdf("Sawubona", "Hamba kahle")),
            ("sound.wav", silence()),
        )
    ]
    (tmp_path / "sound.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nSawubona!\n")
    session = librarian.cookies["azora_session"]
    made = browse(JOURNEYS, "reading", campus.url, tmp_path, session, *ids, tmp_path / "sound.srt")
    seen = made["seen"]
    assert (seen["chapter"], seen["cover"]) == ("Chapter one", 1)
    assert seen["next"].strip() == "Sekuphelile."
    assert seen["drawn"] > 300
    assert seen["text"] == "Sawubona"
    assert seen["captions"][0].startswith("Zulu")
    assert seen["tracks"] == [["zu", "captions/zu"]]
    assert 0.9 < seen["plays"] < 1.1
    content = requests.get(seen["link"], timeout=10)
    assert content.content == silence()
    assert made["fits"]


def test_a_spoilt_record_is_compared_and_an_earlier_version_taken_up(
    embedded_campus: Any, tmp_path: Path
) -> None:
    campus = embedded_campus
    librarian = campus.as_account("library.manage", "identity.read_accounts", name="Naledi")
    book = campus.call("library.add_resource", title="Native Life in South Africa", type="BOOK")
    spoilt = librarian.patch(
        f"/api/library/resources/{book['id']}", json={"title": "Native Life in Africa"}
    )
    assert spoilt.status_code == 200
    session = librarian.cookies["azora_session"]
    made = browse(JOURNEYS, "history", campus.url, tmp_path, session, book["id"])
    seen = made["seen"]
    assert len(seen["versions"]) == 2
    assert seen["versions"][0].startswith("2 now")
    assert "Naledi" in seen["versions"][0]
    assert "at the terminal" in seen["versions"][1]
    assert ["South" in one for one in seen["gone"]] == [True]
    assert seen["new"] == []
    assert seen["said"] == "Saved."
    assert seen["title"] == "Native Life in South Africa"
    assert [row.split()[0] for row in seen["after"]] == ["3", "2", "1"]
    assert made["fits"]


def added_with(librarian: Any, name: str, content: bytes) -> str:
    added = librarian.post("/api/library/resources", json={"title": name, "type": "BOOK"})
    address = f"/api/library/resources/{added.json()['id']}/file"
    answer = librarian.post(address, files={"file": (name, content, guess_type(name)[0])})
    assert answer.ok, answer.text
    return str(added.json()["id"])


def silence() -> bytes:
    """A second of it, as WAV."""
    written = io.BytesIO()
    with wave.open(written, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(b"\x80" * 8000)
    return written.getvalue()
