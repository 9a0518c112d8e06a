"""The operations on saved searches: each person's own."""

from datetime import UTC, datetime

from azora import Service, operation
from azora.data.keyset import paginate
from azora_library.catalogue.rows import CARD, card, listed
from azora_library.saved import contracts, rows
from azora_library.saved.models import SavedSearchRow

SAVE = "library.save_searches"


class SavedSearches(Service):
    """Keeping searches, and reading what is new in them."""

    @operation("POST /searches", permission=SAVE)
    def save_search(self, request: contracts.SaveSearch) -> contracts.SavedSearch:
        """Keep a search under a name, and hear of what is new in it"""
        asked = contracts.Asked(**request.model_dump(exclude={"name", "alert"}))
        now = datetime.now(UTC)
        with self.transaction():
            row = rows.add(self.actor.id, asked, request.name, request.alert, now)
        return rows.shown(row)

    @operation("GET /searches", permission=SAVE)
    def list_searches(self, request: contracts.ListSearches) -> contracts.SavedSearches:
        """List the searches that you keep"""
        mine = SavedSearchRow.select().where(SavedSearchRow.owner == self.actor.id)
        found, following = paginate(mine, request, [SavedSearchRow.id.desc()])
        return contracts.SavedSearches(items=[rows.shown(row) for row in found], next=following)

    @operation("PATCH /searches/{search}", permission=SAVE)
    def update_search(self, request: contracts.UpdateSearch) -> contracts.SavedSearch:
        """Rename a saved search, or choose how often you hear of it"""
        with self.transaction():
            row = rows.own(request.search, self.actor.id)
            if request.name is not None:
                row.name = request.name
            if request.alert is not None and request.alert != row.alert:
                row.alert, row.told, row.fresh = request.alert, datetime.now(UTC), False
            rows.store(row)
        return rows.shown(row)

    @operation("DELETE /searches/{search}", permission=SAVE)
    def remove_search(self, request: contracts.SearchRef) -> None:
        """Keep a search no more; its feed ends with it"""
        with self.transaction():
            rows.own(request.search, self.actor.id).delete_instance()

    @operation("GET /searches/{search}/new", permission=SAVE, timeout=10)
    def read_new(self, request: contracts.ReadNew) -> contracts.NewResults:
        """Read what is new in a saved search since you last saw it"""
        row = rows.own(request.search, self.actor.id)
        window = rows.Window(row.seen, self.settings.settle_seconds)
        subject = rows.new_in(self.hosted.database, row, self.actor, window)
        page = rows.newest(subject, request.limit, request.cursor)
        return contracts.NewResults(
            saved=rows.shown(row),
            until=window.until,
            total=rows.count(subject),
            items=list(map(card, listed(page.numbers, CARD))),
            next=page.next,
        )

    @operation("POST /searches/{search}/seen", permission=SAVE, idempotent=True)
    def mark_seen(self, request: contracts.MarkSeen) -> contracts.SavedSearch:
        """Say up to when you saw what is new in a saved search"""
        with self.transaction():
            row = rows.own(request.search, self.actor.id)
            row.seen = max(row.seen, min(request.until, datetime.now(UTC)))
            row.fresh = row.fresh and row.told > row.seen
            row.save(only=[SavedSearchRow.seen, SavedSearchRow.fresh])
        return rows.shown(row)
