"""The operations that find resources."""

from azora import Service, operation
from azora.messages import ListReply
from azora_library.catalogue.access import visible
from azora_library.catalogue.contracts import Card, ListResources
from azora_library.catalogue.models import ResourceRow
from azora_library.catalogue.rows import card, card_values, listed
from azora_library.discovery import contracts, text
from azora_library.discovery.search import Search


class Discovery(Service):
    """Finding one's way through the catalogue."""

    @operation("GET /resources", public=True)
    def list_resources(self, request: ListResources) -> ListReply[Card]:
        """List resources, the newest first"""
        query = contracts.SearchResources(**request.model_dump(), sort="newest")
        page = Search(self.hosted.database, query, visible(self.actor_or_none)).page()
        return ListReply[Card](items=list(map(card, listed(page.numbers))), next=page.next)

    @operation("GET /search", public=True, timeout=10)
    def search(self, request: contracts.SearchResources) -> contracts.Found:
        """Search the catalogue, with facets"""
        search = Search(self.hosted.database, request, visible(self.actor_or_none))
        page = search.page()
        counts = search.counts(self.settings.facet_bound)
        hits = [
            contracts.Hit(**card_values(row), excerpt=_excerpt(row, search.terms))
            for row in listed(page.numbers)
        ]
        return contracts.Found(items=hits, next=page.next, **counts._asdict())


def _excerpt(row: ResourceRow, terms: text.Terms) -> list[contracts.Excerpt]:
    pieces = text.excerpt(" ".join(row.content[:20_000].split()), terms)
    return [contracts.Excerpt(text=piece.text, hit=piece.hit) for piece in pieces]
