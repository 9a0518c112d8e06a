"""The records of an XML file one at a time, with the doors of XML shut: no document type, no entities,
no network, no endless text or depth."""

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, TypeAlias

from lxml import etree

from azora_library.exchange.records import Read, Refused

BLOCK = 65_536
LARGEST = 2_000_000
"""Bytes of one record."""

Element: TypeAlias = Any
"""lxml's, which has no types."""
ReadElement = Callable[[int, Element], Read | Refused]


def first_tag(head: bytes) -> str:
    """The name of the first element that is in a namespace of a catalogue's, as `{namespace}name`."""
    parser = _parser(())
    try:
        parser.feed(head)
        for _, element in parser.read_events():
            return str(element.tag)
    except etree.XMLSyntaxError:
        pass
    return ""


def has_tag(head: bytes, *tags: str) -> bool:
    """Whether one of these elements begins in a file that begins so."""
    parser = _parser(tags, ("start",))
    try:
        parser.feed(head)
    except etree.XMLSyntaxError:
        pass
    return any(True for _ in parser.read_events())


def read_elements(
    stream: BinaryIO, tags: tuple[str, ...], read: ReadElement
) -> Iterator[Read | Refused]:
    """Each element of these names in turn, forgotten when it is read.

    What is no XML ends the file there: the records before it stand, and the last outcome says where.
    """
    parser = _parser(tags)
    number = since = 0
    try:
        while block := stream.read(BLOCK):
            parser.feed(block)
            since += len(block)
            for _, element in parser.read_events():
                _refuse_document_type(element)
                number, since = number + 1, 0
                yield read(number, element)
                _forget(element)
            if since > LARGEST:
                raise ValueError(f"a record is larger than {LARGEST:,} bytes")
        parser.close()
    except (etree.XMLSyntaxError, ValueError) as error:
        yield Refused(number + 1, None, f"is not sound XML: {str(error)[:200]}")


def _parser(tags: tuple[str, ...], events: tuple[str, ...] = ("end",)) -> etree.XMLPullParser:
    return etree.XMLPullParser(
        events,
        tag=tags or None,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _refuse_document_type(element: Element) -> None:
    if element.getroottree().docinfo.doctype:
        raise ValueError("it declares a document type, which no catalogue needs")


def _forget(element: Element) -> None:
    """Let go of the record and of all that stands before it."""
    element.clear(keep_tail=False)
    while element.getprevious() is not None:
        del element.getparent()[0]
