"""Handing records out: one in any form, cited in any style, and all that a search finds as one file.

Every reader is given what they may see, by the same rule as on the pages.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from azora import Document, Service, operation
from azora_library.catalogue.access import MANAGE, Condition, see, visible
from azora_library.catalogue.contracts import Description
from azora_library.catalogue.models import ResourceRow
from azora_library.catalogue.rows import listed
from azora_library.custom.columns import OwnColumns, own_columns
from azora_library.custom.declared import CustomFields
from azora_library.discovery.contracts import SearchResources
from azora_library.discovery.search import page
from azora_library.discovery.selection import subject_of
from azora_library.exchange import contracts
from azora_library.exchange.citations import STYLES, cite
from azora_library.exchange.writers import Values, writer_of

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

TOGETHER = 100
"""Records that are read and written at once."""
SAID = tuple(Description.model_fields)


class Exports(Service):
    """Records on their way out."""

    @operation("GET /resources/{id}/record", public=True)
    def write_resource(self, request: contracts.WriteResource) -> Document:
        """Read a record as BibTeX, RIS, CSL-JSON, DataCite, schema.org, Dublin Core, MARC or CSV"""
        row = self._visible(request)
        writer = writer_of(request.format, self._columns)
        text = writer.document(self._values(row), row.id)
        return Document(text=text, media_type=writer.media_type)

    @operation("GET /resources/{id}/citations", public=True)
    def cite_resource(self, request: contracts.CiteResource) -> contracts.Citations:
        """Cite a resource in the styles that universities ask for"""
        values = self._values(self._visible(request))
        styles = [request.style] if request.style else list(STYLES)
        return contracts.Citations(items=[cite(values, style) for style in styles])

    @operation("GET /search/export", public=True, timeout=3600, concurrency=4)
    def export_search(self, request: contracts.ExportSearch) -> Iterator[Document]:
        """Download all that a search finds as one file"""
        writer = writer_of(request.format, self._columns)
        rows = found(self.hosted, request, visible(self.actor_or_none))
        name = f"library.{writer.ending}"
        for text in writer.pieces((self._values(row), row.id) for row in rows):
            yield Document(text=text, media_type=writer.media_type, name=name)

    def _values(self, row: ResourceRow) -> Values:
        return values_of(self.hosted, row, self._fields.told_to(self.actor_or_none, row.custom))

    def _columns(self) -> OwnColumns:
        actor = self.actor_or_none
        return own_columns(hidden=bool(actor and actor.may(MANAGE)), retired=True)

    @cached_property
    def _fields(self) -> CustomFields:
        return CustomFields()

    def _visible(self, request: contracts.WriteResource | contracts.CiteResource) -> ResourceRow:
        seen = see(self.hosted.database, request.id, self.actor_or_none, request.token)
        return ResourceRow.get(ResourceRow.number == seen.number)  # type: ignore[no-any-return]


def found(
    hosted: "HostedPlugin", query: SearchResources, condition: Condition
) -> Iterator[ResourceRow]:
    """Every resource that a search finds, the newest first, a few in memory at a time."""
    subject = subject_of(hosted.database, query, condition)
    cursor = None
    while True:
        asked = query.model_copy(update={"cursor": cursor, "limit": TOGETHER, "sort": "newest"})
        shown = page(subject, asked)
        yield from listed(shown.numbers)
        if (cursor := shown.next) is None:
            return


def values_of(hosted: "HostedPlugin", row: ResourceRow, custom: dict[str, Any]) -> Values:
    """What writers of formats ask of a resource, with the address at which it stands here; `custom` as far
    as the reader is shown it."""
    values: dict[str, Any] = {name: getattr(row, name) for name in SAID} | {"custom": custom}
    base = (hosted.runtime.settings.public_url or "").rstrip("/")
    return {
        **values, "id": row.id, "created": row.created, "updated": row.updated,
        "address": f"{base}/library/{row.id}",
    }  # fmt: skip
