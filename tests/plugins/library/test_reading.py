"""Reading in the browser, links that open a file for a while, captions, and files that go bad."""

import secrets
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plugins.library import books

from azora import Invalid, NotAuthenticated, NotFound
from azora_library.reading import captions, tickets
from azora_library.reading.epub import Epub, UnreadableBook
from azora_library.reading.models import FileCheckRow


def with_file(library: Any, content: bytes, name: str, media_type: str, **said: Any) -> Any:
    file = library.hosted.files.put([content], name, media_type)
    return library.add(file=file.model_dump(), **said)


def with_epub(library: Any, content: bytes | None = None, **said: Any) -> Any:
    return with_file(library, content or books.epub(), "b.epub", "application/epub+zip", **said)


def with_pdf(library: Any, *pages: str, **said: Any) -> Any:
    return with_file(library, books.pdf(*pages), "a.pdf", "application/pdf", **said)


def leaf(library: Any, resource: Any, page: int = 1, **given: Any) -> Any:
    return library.call("read_leaf", by=None, id=resource.id, page=page, **given)


def stored(library: Any, ref: Any) -> bytes:
    return b"".join(library.hosted.files.open(ref))


class TestEpub:
    def test_a_book_is_read_chapter_by_chapter(self, library: Any) -> None:
        book = with_epub(library)
        first, second = leaf(library, book), leaf(library, book, 2)
        assert (first.page, first.pages, first.heading) == (1, 2, "The beginning")
        assert [(one.page, one.title) for one in first.contents] == [
            (1, "The beginning"),
            (2, "The end"),
        ]
        assert "Mhudi walked &amp; walked." in first.html
        assert "Sekuphelile." in second.html

    def test_nothing_in_it_runs_or_tells_others_who_reads(self, library: Any) -> None:
        html = leaf(library, with_epub(library)).html
        for bad in ("script", "alert", "onclick", "iframe", "style", "javascript", "track"):
            assert bad not in html
        assert 'rel="noopener noreferrer external"' in html

    def test_its_links_and_pictures_lead_to_pages_and_pictures_of_ours(self, library: Any) -> None:
        book = with_epub(library)
        html = leaf(library, book).html
        assert 'href="?page=2#book-end"' in html
        assert 'id="book-top"' in html
        address = urlsplit(html.split('src="')[1].split('"')[0].replace("&amp;", "&"))
        assert address.path == f"/api/library/resources/{book.id}/pictures"
        path = parse_qs(address.query)["path"][0]
        picture = library.call("read_picture", by=None, id=book.id, path=path)
        assert (picture.media_type, stored(library, picture)) == ("image/png", books.PNG)

    def test_a_page_that_there_is_not_is_refused(self, library: Any) -> None:
        with pytest.raises(Invalid) as refused:
            leaf(library, with_epub(library), 3)
        assert refused.value.code == "library.unreadable_file"

    @pytest.mark.parametrize(
        "content",
        [
            b"no zip at all",
            books.epub()[:700],
            books.epub(container="<container/>"),
            books.epub(book="<package/>"),
            books.epub(one=b" " * 6_000_000),
            books.epub(one=b"\x00\xff not xml"),
            books.epub(one='<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'),
        ],
    )
    def test_a_damaged_or_hostile_book_is_refused_with_words(
        self, library: Any, content: bytes
    ) -> None:
        with pytest.raises(Invalid) as refused:
            leaf(library, with_epub(library, content))
        assert refused.value.code == "library.unreadable_file"
        assert "root:" not in str(refused.value)

    def test_only_pictures_of_the_manifest_leave_it(self, library: Any) -> None:
        book = with_epub(library)
        for path in ("OEBPS/book.opf", "../../etc/passwd", "META-INF/container.xml", ""):
            with pytest.raises(Invalid):
                library.call("read_picture", by=None, id=book.id, path=path)


@given(content=st.binary(max_size=400))
def test_no_bytes_at_all_bring_the_reader_of_books_down(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.epub"
    for bytes_of_it in (content, books.epub(one=content), books.epub(book=content)):
        path.write_bytes(bytes_of_it)
        try:
            with Epub(path) as book:
                assert isinstance(book.chapter(1, lambda *_: None, lambda *_: None), str)
        except UnreadableBook:
            pass


class TestPdf:
    def test_a_document_is_read_page_by_page_as_text_and_picture(self, library: Any) -> None:
        document = with_pdf(library, "Sawubona", "Hamba kahle")
        second = leaf(library, document, 2)
        assert (second.kind, second.pages, second.text.strip()) == ("pdf", 2, "Hamba kahle")
        drawn = library.call("draw_leaf", by=None, id=document.id, page=2, width=640)
        assert drawn.media_type == "image/webp"
        content = stored(library, drawn)
        assert content[:4] == b"RIFF"
        assert content[8:12] == b"WEBP"

    @pytest.mark.parametrize("content", [b"%PDF-1.4\n garbage", b"", books.pdf("x")[:120]])
    def test_a_damaged_document_is_refused_with_words(self, library: Any, content: bytes) -> None:
        document = with_file(library, content, "a.pdf", "application/pdf")
        with pytest.raises(Invalid) as refused:
            leaf(library, document)
        assert refused.value.code == "library.unreadable_file"

    def test_a_page_that_there_is_not_is_refused(self, library: Any) -> None:
        with pytest.raises(Invalid, match="has 1 page"):
            leaf(library, with_pdf(library, "only"), 2)

    def test_other_files_are_not_read_page_by_page(self, library: Any) -> None:
        film = with_file(library, b"RIFF", "a.webm", "video/webm")
        with pytest.raises(NotFound):
            leaf(library, film)


class TestAccess:
    def test_a_closed_file_is_closed_to_the_reader_too(self, library: Any) -> None:
        book = with_epub(library, file_access="restricted")
        for operation, fields in (
            ("read_leaf", {"page": 1}),
            ("read_picture", {"path": "OEBPS/cover.png"}),
            ("link_to_file", {}),
            ("read_caption", {"language": "en"}),
        ):
            with pytest.raises(NotAuthenticated):
                library.call(operation, by=None, id=book.id, **fields)

    def test_a_secret_link_opens_it_and_goes_with_every_address(self, library: Any) -> None:
        book = with_epub(library, file_access="restricted")
        made = library.call("make_link", id=book.id, note="Thandi", covers="file")
        token = parse_qs(urlsplit(made.address).query)["token"][0]
        html = leaf(library, book, token=token).html
        assert f"token={token}" in html


class TestLinks:
    def test_a_link_opens_the_file_without_signing_in(self, library: Any) -> None:
        book = with_epub(library, file_access="restricted")
        made = library.call("link_to_file", id=book.id)
        ticket = made.path.removeprefix("/api/library/files/")
        assert library.call("open_link", by=None, ticket=ticket).digest == book.file.digest

    def test_not_once_the_file_is_another(self, library: Any) -> None:
        book = with_epub(library)
        ticket = library.call("link_to_file", id=book.id).path.split("/")[-1]
        other = library.hosted.files.put([b"other"], "c.txt", "text/plain")
        library.call("upload_file", id=book.id, file=other.model_dump())
        with pytest.raises(NotFound):
            library.call("open_link", by=None, ticket=ticket)

    @given(st.text(max_size=80))
    def test_no_text_is_a_ticket_by_chance(self, text: str) -> None:
        assert tickets.read(text, b"secret") is None

    def test_a_ticket_is_good_until_its_time_and_for_its_secret(self) -> None:
        ticket = tickets.Ticket("id", "0" * 64, int(time.time()) + 60)
        text = tickets.write(ticket, b"secret")
        assert tickets.read(text, b"secret") == ticket
        assert tickets.read(text, b"another") is None
        assert tickets.read(text[:-1] + ("A" if text[-1] != "A" else "B"), b"secret") is None
        past = tickets.write(ticket._replace(expires=int(time.time()) - 1), b"secret")
        assert tickets.read(past, b"secret") is None


SUBRIP = b"1\r\n00:00:01,000 --> 00:00:02,500\r\nSawubona!\r\n"
WEBVTT = b"WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.500\nSawubona!\n"


class TestCaptions:
    def test_subrip_is_played_as_webvtt(self, library: Any) -> None:
        film = with_file(library, b"\x1aE\xdf\xa3", "a.webm", "video/webm")
        file = library.hosted.files.put([SUBRIP], "a.srt", "application/x-subrip")
        saved = library.call("save_caption", id=film.id, language="zu", file=file.model_dump())
        assert [one.language for one in saved.items] == ["zu"]
        found = library.call("read_caption", by=None, id=film.id, language="zu")
        assert (found.text.encode(), found.media_type) == (WEBVTT, "text/vtt")
        library.call("remove_caption", id=film.id, language="zu")
        with pytest.raises(NotFound):
            library.call("read_caption", by=None, id=film.id, language="zu")

    @pytest.mark.parametrize(
        "content", [b"", b"\xff\xfe", b"just words", b"WEBVTT\n\n99 --> 100\nx\n"]
    )
    def test_what_is_no_caption_is_refused(self, content: bytes) -> None:
        with pytest.raises(captions.UnreadableCaptions):
            captions.webvtt(content)

    @given(st.binary(max_size=200))
    def test_whatever_comes_is_webvtt_or_refused(self, content: bytes) -> None:
        try:
            assert captions.webvtt(content).startswith(b"WEBVTT")
        except captions.UnreadableCaptions:
            pass


class TestChecking:
    def test_a_file_that_was_altered_is_found_and_told_of_once(
        self, library: Any, tmp_path: Any
    ) -> None:
        sound = with_file(library, b"sound", "s.txt", "text/plain")
        altered = with_file(library, word_bytes(), "x.txt", "text/plain", title="Altered")
        library.call("verify_files")
        assert FileCheckRow.get_by_id(altered.file.digest).found == "sound"
        with library.hosted.files.local(altered.file.digest) as path:
            path.write_bytes(b"something else")
        assert library.call("verify_files").damaged == 1
        listed = library.call("list_damaged_files", limit=100).items
        assert (altered.id, "damaged") in [(one.id, one.found) for one in listed]
        assert sound.id not in [one.id for one in listed]

    def test_a_file_that_is_gone_is_found(self, library: Any) -> None:
        lost = with_file(library, word_bytes(), "x.txt", "text/plain")
        library.hosted.files.delete(lost.file.digest)
        library.call("verify_files")
        listed = library.call("list_damaged_files", limit=100).items
        assert (lost.id, "gone") in [(one.id, one.found) for one in listed]
        library.call("remove_resource", id=lost.id)


def word_bytes() -> bytes:
    """Content that no other test's file has."""
    return secrets.token_bytes(64)
