"""The library as an OAI-PMH data provider: whoever harvests sees what everybody may see, and no more."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lxml import etree

from azora import Document, Service, on_event, operation
from azora_library.catalogue import contracts as catalogue
from azora_library.catalogue.access import PUBLIC
from azora_library.catalogue.models import ResourceRow
from azora_library.exchange import contracts, datacite_writing, dublincore, marcxml, oai
from azora_library.exchange.exporting import values_of
from azora_library.exchange.models import TombstoneRow
from azora_library.exchange.oai import Element, Refusal, add, element
from azora_library.exchange.oai_records import Header, earliest, header, listed
from azora_library.exchange.writers import XML, Values
from azora_library.subjects.models import CategoryRow

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

TOGETHER = 100
"""Records of one answer."""


FORMATS: dict[str, tuple[str, str, Callable[[Values, str], Element]]] = {
    "oai_dc": (
        "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
        dublincore.OAI_DC,
        lambda values, key: dublincore.as_element(values, str(values["address"])),
    ),
    "oai_datacite": (
        "https://schema.datacite.org/meta/kernel-4.5/metadata.xsd",
        "http://datacite.org/schema/kernel-4",
        datacite_writing.as_element,
    ),
    "marcxml": (
        "http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd",
        marcxml.SPACE,
        marcxml.as_element,
    ),
}
"""By prefix: the schema, the namespace, and how a record is written."""


class OaiProvider(Service):
    """Answers harvesters, and keeps in mind what they may have harvested that is gone."""

    @operation("GET /oai", public=True, timeout=60)
    def harvest_us(self, request: contracts.OaiRequest) -> Document:
        """Answer an OAI-PMH 2.0 request"""
        return self._answered(request)

    @operation("POST /oai", public=True, idempotent=True, http="form", timeout=60)
    def harvest_us_by_form(self, request: contracts.OaiRequest) -> Document:
        """Answer an OAI-PMH 2.0 request that is sent as a form"""
        return self._answered(request)

    def _answered(self, request: contracts.OaiRequest) -> Document:
        arguments = request.arguments
        try:
            verb, said = oai.checked(arguments)
            parts = _Answer(self.hosted).parts(verb, said)
            told = {"verb": verb, **said}
        except Refusal as refusal:
            parts = [oai.error(refusal)]
            repeatable = refusal.code not in ("badVerb", "badArgument")
            told = {name: values[0] for name, values in arguments.items()} if repeatable else {}
        text = XML + oai.answer(_address(self.hosted), told, *parts)
        return Document(text=text, media_type="text/xml")

    @on_event("library.resource_removed")
    def bury(self, event: catalogue.ResourceRemoved) -> None:
        if event.access == PUBLIC:
            self._bury(event.id, event.category)

    @on_event("library.resource_changed", ordered=True)
    def bury_what_is_closed(self, event: catalogue.ResourceChanged) -> None:
        if event.access_before == PUBLIC != event.access:
            self._bury(event.id, event.category)
        elif event.access == PUBLIC != event.access_before:
            with self.transaction():
                TombstoneRow.delete().where(TombstoneRow.id == event.id).execute()

    def _bury(self, id: str, category: str | None) -> None:
        with self.transaction():
            TombstoneRow.insert(id=id, category=category, gone=datetime.now(UTC)).on_conflict(
                conflict_target=[TombstoneRow.id], update={TombstoneRow.gone: datetime.now(UTC)}
            ).execute()


class _Answer:
    """One answer to a request that is sound."""

    def __init__(self, hosted: "HostedPlugin") -> None:
        self._hosted = hosted
        self._database = hosted.database
        self._space = urlsplit(_address(hosted)).hostname or "campus"

    def parts(self, verb: str, said: dict[str, str]) -> list[Element]:
        """What the verb answers. Raises Refusal."""
        answers = {
            "Identify": self._identify, "ListMetadataFormats": self._formats, "ListSets": self._sets,
            "GetRecord": self._record, "ListIdentifiers": self._list, "ListRecords": self._list,
        }  # fmt: skip
        found = element(verb)
        answers[verb](found, said)
        return [found]

    def _identify(self, found: Element, said: dict[str, str]) -> None:
        settings = self._hosted.settings
        add(found, "repositoryName", settings.oai_name)
        add(found, "baseURL", _address(self._hosted))
        add(found, "protocolVersion", "2.0")
        add(found, "adminEmail", settings.oai_email or f"postmaster@{self._space}")
        add(found, "earliestDatestamp", earliest(self._database).strftime(oai.SECONDS))
        add(found, "deletedRecord", "persistent")
        add(found, "granularity", "YYYY-MM-DDThh:mm:ssZ")
        described = etree.SubElement(
            add(found, "description"),
            f"{{{oai.IDENTIFIER}}}oai-identifier",
            nsmap={None: oai.IDENTIFIER},
        )
        for name, text in (
            ("scheme", "oai"), ("repositoryIdentifier", self._space), ("delimiter", ":"),
            ("sampleIdentifier", self._name("01890000-0000-7000-8000-000000000000")),
        ):  # fmt: skip
            etree.SubElement(described, f"{{{oai.IDENTIFIER}}}{name}").text = text

    def _formats(self, found: Element, said: dict[str, str]) -> None:
        if "identifier" in said:
            self._header(said["identifier"])
        for prefix, (schema, space, _) in FORMATS.items():
            one = add(found, "metadataFormat")
            add(one, "metadataPrefix", prefix)
            add(one, "schema", schema)
            add(one, "metadataNamespace", space)

    def _sets(self, found: Element, said: dict[str, str]) -> None:
        if "resumptionToken" in said:
            raise Refusal("badResumptionToken", "The list of sets is given at once.")
        names = CategoryRow.select().where(CategoryRow.public > 0).order_by(CategoryRow.name)
        for row in names:
            one = add(found, "set")
            add(one, "setSpec", oai.set_spec(row.name))
            add(one, "setName", row.name)
        if not len(found):
            raise Refusal("noSetHierarchy", "No record stands in a category yet.")

    def _record(self, found: Element, said: dict[str, str]) -> None:
        one = self._header(said["identifier"])
        self._add_record(found, one, _prefix(said["metadataPrefix"]), self._rows([one]))

    def _list(self, found: Element, said: dict[str, str]) -> None:
        """Headers or records, so many at once; the token leads on to the next."""
        asked = oai.listing(said, datetime.now(UTC))
        prefix = _prefix(asked.prefix)
        headers = listed(self._database, asked.window, TOGETHER + 1)
        shown, more = headers[:TOGETHER], len(headers) > TOGETHER
        if not shown and not asked.given:
            raise Refusal("noRecordsMatch", "No record is of this kind.")
        whole = found.tag.endswith("ListRecords")
        rows = self._rows(shown) if whole else {}
        for one in shown:
            if whole:
                self._add_record(found, one, prefix, rows)
            else:
                self._add_header(found, one)
        if more or asked.given:
            given = asked.given + len(shown)
            after = (shown[-1].stamp, shown[-1].id) if shown else None
            text = oai.token(asked, after, given) if more and after else None
            add(found, "resumptionToken", text, cursor=str(asked.given))

    def _rows(self, headers: list[Header]) -> dict[int, ResourceRow]:
        numbers = [one.number for one in headers if one.number]
        return {
            row.number: row for row in ResourceRow.select().where(ResourceRow.number.in_(numbers))
        }

    def _add_record(
        self, found: Element, one: Header, prefix: str, rows: dict[int, ResourceRow]
    ) -> None:
        record = add(found, "record")
        row = rows.get(one.number)
        self._add_header(record, one if row else one._replace(number=0))
        if row:
            write = FORMATS[prefix][2]
            add(record, "metadata").append(write(values_of(self._hosted, row, {}), row.id))

    def _add_header(self, found: Element, one: Header) -> None:
        line = add(found, "header")
        if not one.number:
            line.set("status", "deleted")
        add(line, "identifier", self._name(one.id))
        add(line, "datestamp", one.stamp.strftime(oai.SECONDS))
        if one.category:
            add(line, "setSpec", oai.set_spec(one.category))

    def _header(self, identifier: str) -> Header:
        one = header(self._database, identifier.removeprefix(self._name("")))
        if one is None or identifier != self._name(one.id):
            raise Refusal("idDoesNotExist", "There is no such record here.")
        return one

    def _name(self, id: str) -> str:
        return f"oai:{self._space}:{id}"


def _prefix(prefix: str) -> str:
    if prefix not in FORMATS:
        raise Refusal("cannotDisseminateFormat", f"Take one of {', '.join(FORMATS)}.")
    return prefix


def _address(hosted: "HostedPlugin") -> str:
    settings = hosted.runtime.settings
    base = settings.public_url or f"http://localhost:{settings.port}"
    return f"{base.rstrip('/')}/api/library/oai"
