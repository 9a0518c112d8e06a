"""The operations that find resources."""

from azora import Service, operation
from azora.messages import Document, ListReply
from azora_library.catalogue.access import see, visible
from azora_library.catalogue.contracts import Card, ListResources
from azora_library.catalogue.models import ResourceRow
from azora_library.catalogue.rows import CARD, card, card_values, listed
from azora_library.discovery import contracts, facets, search, spelling, suggesting
from azora_library.discovery.excerpts import Marks, excerpt
from azora_library.discovery.related import Neighbours
from azora_library.discovery.selection import Subject, subject_of


class Discovery(Service):
    """Finding one's way through the catalogue."""

    @operation("GET /resources", public=True)
    def list_resources(self, request: ListResources) -> ListReply[Card]:
        """List resources, the newest first"""
        asked = contracts.SearchResources(**request.model_dump(), sort="newest")
        page = search.page(self._subject(asked), asked)
        return ListReply[Card](items=_cards(page.numbers), next=page.next)

    @operation("GET /search", public=True, timeout=10)
    def search(self, request: contracts.SearchResources) -> contracts.Found:
        """Search the catalogue, with facets"""
        found = spelling.find(self._subject(request), request, self.settings.facet_bound)
        marks = found.subject.query.marks()
        return contracts.Found(
            items=[
                contracts.Hit(**card_values(row), excerpt=_excerpt(row, marks))
                for row in found.rows
            ],
            next=found.page.next,
            close=found.close,
            did_you_mean=found.did_you_mean,
            near=self._title_of(request.cites or request.cited_by),
            **found.counts._asdict(),
        )

    @operation("GET /facets/{facet}", public=True, timeout=20, concurrency=4)
    def list_facet(self, request: contracts.ListFacet) -> contracts.FacetList:
        """List every value of one facet of a search, counted exactly"""
        return facets.page(self._subject(request), request)

    @operation("GET /facets/{facet}/export", public=True, timeout=60, concurrency=2)
    def export_facet(self, request: contracts.ExportFacet) -> Document:
        """Export every value of one facet of a search, counted exactly, as CSV or JSON"""
        return facets.export(self._subject(request), request)

    @operation("GET /resources/{id}/related", public=True, timeout=10)
    def list_related(self, request: contracts.RelatedTo) -> contracts.RelatedWorks:
        """List what a resource refers to, what refers to it, and what is like it"""
        actor = self.actor_or_none
        seen = see(self.hosted.database, request.id, actor, request.token)
        row = ResourceRow.get(ResourceRow.number == seen.number)
        near = Neighbours(self.hosted.database, row, visible(actor))
        cites, (cited_by, total) = near.cites(), near.cited_by()
        return contracts.RelatedWorks(
            cites=_cards(cites),
            cited_by=_cards(cited_by),
            cited_by_total=total,
            alike=_cards(near.alike(apart_from=[*cites, *cited_by])),
        )

    @operation("GET /suggestions", public=True, timeout=2)
    def suggest(self, request: contracts.Suggest) -> contracts.Suggestions:
        """Suggest titles, authors and subjects that begin with what is typed"""
        return suggesting.suggest(self.hosted.database, request.query, visible(self.actor_or_none))

    def _title_of(self, id: str | None) -> str | None:
        """The title of a resource, where the reader may see it."""
        if id is None:
            return None
        seen = visible(self.actor_or_none)
        rows = self.hosted.database.execute(
            f"SELECT r.title FROM library_resource AS r WHERE r.id = ? AND {seen.sql}",  # noqa: S608 – constants and placeholders
            *(id, *seen.params),
        )
        return rows[0][0] if rows else None

    def _subject(self, filters: contracts.Filters) -> Subject:
        return subject_of(self.hosted.database, filters, visible(self.actor_or_none))


def _cards(numbers: list[int]) -> list[Card]:
    return list(map(card, listed(numbers, CARD)))


def _excerpt(row: ResourceRow, marks: Marks) -> list[contracts.Excerpt]:
    pieces = excerpt(" ".join(row.content.split()), marks)
    return [contracts.Excerpt(text=piece.text, hit=piece.hit) for piece in pieces]
