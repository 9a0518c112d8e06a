"""The operation that looks an identifier up."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from azora import Service, operation
from azora_library.catalogue.access import EVERYTHING, MANAGE
from azora_library.catalogue.models import ResourceRow
from azora_library.catalogue.rows import card, listed
from azora_library.discovery import search
from azora_library.discovery.contracts import SearchResources
from azora_library.discovery.selection import subject_of
from azora_library.lookup import contracts, resolver
from azora_library.lookup.identifiers import Identifier, Unclear, identify

if TYPE_CHECKING:
    from azora_library.catalogue.contracts import Card

SHOWN = 5


class Lookup(Service):
    """Filling the form with what others say."""

    @operation("GET /lookup", permission=MANAGE, timeout=30, concurrency=8, rate="60/min")
    def look_up(self, request: contracts.LookUp) -> contracts.LookedUp:
        """Look an ISBN, a DOI or an address up elsewhere, and whether it is here already"""
        if not request.what:
            return contracts.LookedUp()
        wanted = identify(request.what)
        if isinstance(wanted, Unclear):
            return contracts.LookedUp(problem=f"{wanted.words}.")
        found = resolver.resolve(self.hosted, wanted)
        same = [wanted]
        if found.record:
            same += [Identifier("isbn", one) for one in found.record.isbn]
            same += [Identifier("doi", found.record.doi)] if found.record.doi else []
        return found.model_copy(update={"here": self._here(same)})

    @operation("POST /lookup/forget", permission=MANAGE, http=False)
    def forget_lookups(self, request: contracts.ForgetLookups) -> contracts.LookupsForgotten:
        """Forget what was told long ago"""
        with self.transaction():
            return contracts.LookupsForgotten(forgotten=resolver.forget(datetime.now(UTC)))

    def _here(self, wanted: list[Identifier]) -> "list[Card]":
        """The resources that have one of these identifiers."""
        found = {row.id: row for one in dict.fromkeys(wanted) for row in self._with(one)}
        return [card(row) for row in list(found.values())[:SHOWN]]

    def _with(self, one: Identifier) -> list[ResourceRow]:
        if one.kind == "doi":
            return list(ResourceRow.select().where(ResourceRow.doi == one.value).limit(SHOWN))
        if one.kind == "link":
            return list(ResourceRow.select().where(ResourceRow.link == one.value).limit(SHOWN))
        asked = SearchResources(query=f'"{one.value}"', sort="newest")
        subject = subject_of(self.hosted.database, asked, EVERYTHING)
        rows = listed(search.page(subject, asked).numbers)
        return [row for row in rows if one.value in row.isbn]
