"""EPUB 3.3 and 2.0.1, read one chapter at a time: its text without anything that could run or track.

A book is a ZIP of XHTML (EPUB 3.3, Open Container Format). It comes from strangers: what is unpacked
is bounded, markup goes through nh3, and only pictures of known kinds leave the container.
"""

import posixpath
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import nh3
from lxml import etree

LARGEST_TEXT = 5_000_000
LARGEST_PICTURE = 20_000_000
MOST_CHAPTERS = 5_000
PICTURES = ("image/jpeg", "image/png", "image/gif", "image/webp")

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5"})
_CONTAINER = "META-INF/container.xml"
_TAGS = nh3.ALLOWED_TAGS - {"area", "map"} | {"section", "figure", "figcaption", "aside"}
_ATTRIBUTES = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()} | {
    "*": {"id", "lang", "dir", "title"}
}


class UnreadableBook(ValueError):
    """The file is no EPUB that can be read; the words say why."""


class Chapter(NamedTuple):
    path: str
    title: str | None


class Picture(NamedTuple):
    content: bytes
    media_type: str


Address = Callable[[str, str], str | None]
"""From a path in the container and a fragment to where it is in the browser, or None."""


class Epub:
    """One book. Open it with `with`; every method may raise UnreadableBook."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
            package = self._package_path()
            self._folder = posixpath.dirname(package)
            self._package = self._xml(package)
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError) as error:
            raise UnreadableBook(f"The file is not a whole EPUB: {error}.") from None
        self._items = {
            one.get("id", ""): one for one in self._package.iter("{*}item") if one.get("href")
        }
        self.chapters = self._chapters()

    def __enter__(self) -> "Epub":
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def chapter(self, number: int, page: Address, picture: Address) -> str:
        """The HTML of a chapter, counted from 1, safe to stand in a page of ours.

        `page` and `picture` say where other chapters and pictures are to be had.
        """
        path = self.chapters[number - 1].path
        body = self._xml(path).find("{*}body")
        if body is None:
            raise UnreadableBook("This chapter holds no text.")
        etree.cleanup_namespaces(body)
        for element in list(body.iter()):
            self._plain(element)
            self._readdress(element, path, page, picture)
        html = "".join(_inner(body))
        return nh3.clean(
            html,
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener noreferrer external",
        )

    def picture(self, path: str) -> Picture:
        """A picture of the book. Raises UnreadableBook for what is none."""
        for item in self._items.values():
            if self._full(item) == path and item.get("media-type") in PICTURES:
                return Picture(self._bytes(path, LARGEST_PICTURE), item.get("media-type", ""))
        raise UnreadableBook("The book has no such picture.")

    def _package_path(self) -> str:
        for root in self._xml(_CONTAINER).iter("{*}rootfile"):
            if path := root.get("full-path"):
                return path
        raise UnreadableBook("The container names no package.")

    def _chapters(self) -> list[Chapter]:
        titles = self._titles()
        spine = [self._items.get(ref.get("idref", "")) for ref in self._package.iter("{*}itemref")]
        paths = [self._full(item) for item in spine[:MOST_CHAPTERS] if item is not None]
        if not paths:
            raise UnreadableBook("The book has no chapters.")
        return [Chapter(path, titles.get(path)) for path in paths]

    def _titles(self) -> dict[str, str]:
        """Titles by path: from the navigation document, or the NCX of an older book."""
        found: dict[str, str] = {}
        for item in self._items.values():
            if "nav" in item.get("properties", "").split():
                found |= self._linked_titles(item, "{*}a", "href")
            elif item.get("media-type") == "application/x-dtbncx+xml":
                found = self._ncx_titles(item) | found
        return found

    def _linked_titles(self, item: etree._Element, tag: str, attribute: str) -> dict[str, str]:
        base = self._full(item)
        found: dict[str, str] = {}
        for link in self._xml(base).iter(tag):
            path, _ = _resolved(base, link.get(attribute, ""))
            found.setdefault(path, " ".join("".join(link.itertext()).split())[:300])
        return found

    def _ncx_titles(self, item: etree._Element) -> dict[str, str]:
        base = self._full(item)
        found: dict[str, str] = {}
        for point in self._xml(base).iter("{*}navPoint"):
            content, words = point.find("{*}content"), point.find("{*}navLabel/{*}text")
            if content is not None and words is not None:
                path, _ = _resolved(base, content.get("src", ""))
                found.setdefault(path, " ".join((words.text or "").split())[:300])
        return found

    def _readdress(
        self, element: etree._Element, base: str, page: Address, picture: Address
    ) -> None:
        for attribute, address in (("src", picture), ("href", page)):
            target = element.get(attribute)
            if target is None or urlsplit(target).scheme in ("http", "https", "mailto"):
                continue
            found = None if urlsplit(target).scheme else address(*_resolved(base, target))
            if found is None:
                del element.attrib[attribute]
            else:
                element.set(attribute, found)
        if anchor := element.get("id"):
            element.set("id", f"book-{anchor}")

    def _plain(self, element: etree._Element) -> None:
        """Drop namespaces. Headings step down below the page's own; a cover in SVG becomes a plain picture."""
        if not isinstance(element.tag, str):
            return
        element.tag = etree.QName(element).localname
        if element.tag in _HEADINGS:
            element.tag = f"h{min(int(element.tag[1]) + 1, 6)}"
        if element.tag == "image":
            element.tag = "img"
            for name in list(element.attrib):
                if str(name).endswith("}href"):
                    element.set("src", element.attrib.pop(name))

    def _full(self, item: etree._Element) -> str:
        return _resolved(f"{self._folder}/x" if self._folder else "x", item.get("href", ""))[0]

    def _xml(self, path: str) -> etree._Element:
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, recover=True, load_dtd=False, huge_tree=False
        )
        content = self._bytes(path, LARGEST_TEXT)
        try:
            root = etree.fromstring(content, parser)
        except (etree.LxmlError, ValueError):
            root = None
        if root is None:
            raise UnreadableBook(f"{path} is not XML.")
        return root

    def _bytes(self, path: str, limit: int) -> bytes:
        try:
            with self._zip.open(path) as file:
                content = file.read(limit + 1)
        except KeyError:
            raise UnreadableBook(f"The book lacks {path}.") from None
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
            raise UnreadableBook(f"{path} cannot be unpacked: {error}.") from None
        if len(content) > limit:
            raise UnreadableBook(f"{path} is larger than {limit // 1_000_000} MB unpacked.")
        return content


def _resolved(base: str, target: str) -> tuple[str, str]:
    """A relative address as a path in the container, and its fragment."""
    parts = urlsplit(target)
    path = unquote(parts.path)
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(base), path)) if path else base
    return joined.lstrip("/"), parts.fragment


def _inner(element: etree._Element) -> Iterator[str]:
    yield _escaped(element.text or "")
    for child in element:
        yield etree.tostring(child, method="html", encoding="unicode")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
