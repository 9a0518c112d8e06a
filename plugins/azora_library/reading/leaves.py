"""A file as pages: which reader fits it, and what stands on one page."""

from pathlib import Path
from urllib.parse import quote, urlencode

from azora.errors import Invalid, NotFound, RequestError
from azora.messages import FileRef
from azora.threads import in_thread
from azora_library.catalogue.models import ResourceRow
from azora_library.reading import pdf
from azora_library.reading.contracts import Heading, Leaf
from azora_library.reading.epub import Epub, Picture, UnreadableBook

EPUB, PDF = "application/epub+zip", "application/pdf"
KINDS = {EPUB: "epub", PDF: "pdf"}
MOST_HEADINGS = 500


def kind_of(file: FileRef) -> str:
    """`epub` or `pdf`. Raises NotFound for what is read otherwise."""
    if kind := _kind(file):
        return kind
    raise NotFound("This file is not read page by page.", code="library.not_readable")


def is_epub(file: FileRef) -> bool:
    return _kind(file) == "epub"


def _kind(file: FileRef) -> str | None:
    by_name = {".epub": "epub", ".pdf": "pdf"}.get(Path(file.name).suffix.lower())
    return KINDS.get(file.media_type, by_name)


def leaf(row: ResourceRow, file: FileRef, path: Path, page: int, token: str | None) -> Leaf:
    """One page of the file that lies at `path`. Raises Invalid where it cannot be read."""
    said = {"id": row.id, "title": row.title, "page": page, "token": token}
    try:
        if kind_of(file) == "pdf":
            found = pdf.read_page(path, page)
            return Leaf(
                **said,
                kind="pdf",
                pages=found.pages,
                heading=None,
                contents=[],
                text=found.text,
            )
        return Leaf(**said, kind="epub", **in_thread(_chapter_at, path, row.id, page, token))
    except (UnreadableBook, pdf.UnreadablePdf) as error:
        raise unreadable(error) from None


def unreadable(error: ValueError) -> RequestError:
    return Invalid(str(error), code="library.unreadable_file")


def picture(path: Path, name: str) -> Picture:
    """A picture of the EPUB that lies at `path`. Raises Invalid."""
    try:
        return in_thread(_picture_at, path, name)
    except UnreadableBook as error:
        raise unreadable(error) from None


def _picture_at(path: Path, name: str) -> Picture:
    with Epub(path) as book:
        return book.picture(name)


def _chapter_at(path: Path, id: str, page: int, token: str | None) -> dict[str, object]:
    with Epub(path) as book:
        return _chapter(book, id, page, token)


def _chapter(book: Epub, id: str, page: int, token: str | None) -> dict[str, object]:
    if page > len(book.chapters):
        raise UnreadableBook(f"The book has {len(book.chapters)} chapters.")
    numbers = {chapter.path: number for number, chapter in enumerate(book.chapters, 1)}

    def page_at(path: str, fragment: str) -> str | None:
        number = numbers.get(path)
        if number is None:
            return None
        anchor = f"#book-{quote(fragment)}" if fragment else ""
        return f"?{urlencode(_with_token({'page': number}, token))}{anchor}"

    def picture_at(path: str, _: str) -> str:
        query = urlencode(_with_token({"path": path}, token))
        return f"/api/library/resources/{id}/pictures?{query}"

    contents = [
        Heading(page=number, title=chapter.title)
        for number, chapter in enumerate(book.chapters, 1)
        if chapter.title
    ]
    return {
        "pages": len(book.chapters),
        "heading": book.chapters[page - 1].title,
        "contents": contents[:MOST_HEADINGS],
        "html": book.chapter(page, page_at, picture_at),
    }


def _with_token(query: dict[str, object], token: str | None) -> dict[str, object]:
    return query | ({"token": token} if token else {})
