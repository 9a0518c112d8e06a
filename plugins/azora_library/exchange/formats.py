"""The kinds of catalogue file that can be read, told apart by what stands in them."""

from collections.abc import Callable, Iterator
from typing import BinaryIO, Literal, NamedTuple

from azora.errors import Invalid
from azora_library.exchange import bibtex, csl, datacite, dublincore, marcfile, marcxml, ris, table
from azora_library.exchange.records import Read, Refused

HEAD = 65_536

Reader = Callable[[BinaryIO, str | None], Iterator[Read | Refused]]


FormatName = Literal[
    "MARC 21", "MARCXML", "Dublin Core", "DataCite JSON", "CSL-JSON", "RIS", "BibTeX", "CSV"
]


class Format(NamedTuple):
    """A kind of file: how to know it, and how to read it record by record."""

    name: str
    looks_like: Callable[[bytes], bool]
    read: Reader


FORMATS = (
    Format("MARC 21", marcfile.looks_like_marc, marcfile.read_marc),
    Format("MARCXML", marcxml.looks_like_marcxml, marcxml.read_marcxml),
    Format("Dublin Core", dublincore.looks_like_dublin_core, dublincore.read_dublin_core),
    Format("DataCite JSON", datacite.looks_like_datacite, datacite.read_datacite),
    Format("CSL-JSON", csl.looks_like_csl, csl.read_csl),
    Format("RIS", ris.looks_like_ris, ris.read_ris),
    Format("BibTeX", bibtex.looks_like_bibtex, bibtex.read_bibtex),
    Format("CSV", table.looks_like_table, table.read_table),
)


BY_NAME = {known.name: known for known in FORMATS}


def format_of(stream: BinaryIO) -> Format:
    """The format of a file, by its beginning. Raises Invalid where it is none of ours."""
    head = stream.read(HEAD)
    stream.seek(0)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Invalid(
            "This file is in UTF-16. Save it as UTF-8 and import that.", code="library.encoding"
        )
    for known in FORMATS:
        if known.looks_like(head):
            return known
    raise Invalid(
        f"This file is none of {', '.join(known.name for known in FORMATS)}; nothing was imported.",
        code="library.unknown_format",
    )
