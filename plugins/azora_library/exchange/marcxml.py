"""MARC 21 in XML (loc.gov/MARC21/slim) as pymarc's records and back."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from lxml import etree
from pymarc import Field, Indicators, Leader, Record, Subfield
from pymarc.exceptions import PymarcException

from azora_library.exchange.marc_writing import write
from azora_library.exchange.marcfile import read_whole
from azora_library.exchange.records import Read, Refused
from azora_library.exchange.xmlrecords import Element, has_tag, read_elements

MEDIA_TYPE = "application/marcxml+xml"
SPACE = "http://www.loc.gov/MARC21/slim"
RECORD = f"{{{SPACE}}}record"


def looks_like_marcxml(head: bytes) -> bool:
    """Whether a file that begins so holds MARC's records."""
    return has_tag(head, RECORD)


def read_marcxml(stream: BinaryIO, encoding: str | None = None) -> Iterator[Read | Refused]:
    """Each record of a file in turn."""
    return read_elements(stream, (RECORD,), read_element)


def read_element(number: int, element: Element) -> Read | Refused:
    """One record."""
    try:
        record = as_record(element)
    except (PymarcException, ValueError, TypeError, KeyError) as error:
        return Refused(number, None, f"is not sound MARCXML: {error}")
    return read_whole(number, record, etree.tostring(element))


def as_record(element: Element) -> Record:
    """The record that an element describes. Raises PymarcException or ValueError where it is none."""
    record = Record()
    for child in element:
        name = etree.QName(child).localname
        if name == "leader":
            record.leader = Leader((child.text or "").ljust(24)[:24])
        elif name == "controlfield":
            record.add_field(Field(tag=child.get("tag", ""), data=child.text or ""))
        elif name == "datafield":
            marks = Indicators((child.get("ind1") or " ")[:1], (child.get("ind2") or " ")[:1])
            subfields = [Subfield(one.get("code", ""), one.text or "") for one in child]
            record.add_field(Field(tag=child.get("tag", ""), indicators=marks, subfields=subfields))
    return record


def as_element(values: dict[str, Any], key: str) -> Element:
    """A resource as a `record` element."""
    record = write(values, key)
    top = etree.Element(RECORD, nsmap={None: SPACE})
    etree.SubElement(top, f"{{{SPACE}}}leader").text = str(record.leader)
    for field in record.fields:
        if field.control_field:
            etree.SubElement(top, f"{{{SPACE}}}controlfield", tag=field.tag).text = field.data
            continue
        first, second = field.indicators or (" ", " ")
        line = etree.SubElement(
            top, f"{{{SPACE}}}datafield", tag=field.tag, ind1=first, ind2=second
        )
        for code, value in field.subfields:
            etree.SubElement(line, f"{{{SPACE}}}subfield", code=code).text = value
    return top
