"""The forms in which a resource, or a list of them, is handed out."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple

import orjson
from lxml import etree

from azora_library.custom.columns import OwnColumns
from azora_library.exchange import (
    bibtex_writing,
    csl,
    datacite_writing,
    dublincore,
    jsonld,
    marcfile,
    marcxml,
    ris,
    table,
)
from azora_library.exchange.marc_writing import write as write_marc

Values = dict[str, Any]
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


class Writer(NamedTuple):
    """One form: its ending and media type, one record as text, and what stands round a list of them."""

    name: str
    ending: str
    media_type: str
    write: Callable[[Values, str], str]
    before: str = ""
    between: str = ""
    after: str = ""

    def document(self, values: Values, key: str) -> str:
        """One record alone. A JSON form is an object, all others a list of one."""
        if self.before == "[":
            return self.write(values, key) + "\n"
        return "".join(self.pieces([(values, key)]))

    def pieces(self, records: Iterable[tuple[Values, str]]) -> Iterator[str]:
        """A list of records, piece by piece."""
        yield self.before
        for place, (values, key) in enumerate(records):
            yield (self.between if place else "") + self.write(values, key)
        yield self.after


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _xml(element: Any) -> str:
    return etree.tostring(element, encoding="unicode") + "\n"


def _csl(values: Values, key: str) -> str:
    return _json({"id": key, **csl.write(values)})


def _datacite(values: Values, key: str) -> str:
    return _json(datacite_writing.write(values))


def _dublin_core(values: Values, key: str) -> str:
    return _xml(dublincore.as_element(values, str(values.get("address") or "")))


def _marcxml(values: Values, key: str) -> str:
    return _xml(marcxml.as_element(values, key))


def _marc(values: Values, key: str) -> str:
    """In transmission format, which in UTF-8 is text; a text too long for it is cut."""
    record = write_marc(values, key).as_marc()
    if len(record) > marcfile.LARGEST:
        record = write_marc(
            {**values, "content": values["content"][:5_000], "details": {}}, key
        ).as_marc()
    return str(record.decode("utf-8"))


def _jsonld(values: Values, key: str) -> str:
    return _json(jsonld.write(values)).replace("<", r"\u003c")  # it may stand in a page


WRITERS = {
    writer.ending: writer
    for writer in (
        Writer("BibTeX", "bib", bibtex_writing.MEDIA_TYPE, bibtex_writing.as_text, between="\n"),
        Writer("RIS", "ris", ris.MEDIA_TYPE, ris.as_text),
        Writer("CSL-JSON", "csl.json", csl.MEDIA_TYPE, _csl, "[", ",\n", "]\n"),
        Writer(
            "DataCite JSON", "datacite.json", datacite_writing.MEDIA_TYPE, _datacite, "[", ",\n", "]\n"
        ),
        Writer("schema.org", "jsonld", jsonld.MEDIA_TYPE, _jsonld, "[", ",\n", "]\n"),
        Writer(
            "Dublin Core", "dc.xml", dublincore.MEDIA_TYPE, _dublin_core,
            f"{XML}<records>\n", "", "</records>\n",
        ),
        Writer(
            "MARCXML", "marc.xml", marcxml.MEDIA_TYPE, _marcxml,
            f'{XML}<collection xmlns="{marcxml.SPACE}">\n', "", "</collection>\n",
        ),
        Writer("MARC 21", "mrc", marcfile.MEDIA_TYPE, _marc),
        Writer("CSV", "csv", table.MEDIA_TYPE, table.as_line, table.heading()),
    )
}  # fmt: skip
"""By the ending of the address: `/library/{id}.bib`."""


def writer_of(ending: str, own: Callable[[], OwnColumns]) -> Writer:
    """The writer of a form; a table has the columns of this campus beside the others."""
    writer = WRITERS[ending]
    if writer.write is not table.as_line:
        return writer
    columns = own()
    return writer._replace(write=partial(table.as_line, own=columns), before=table.heading(columns))
