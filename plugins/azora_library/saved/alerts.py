"""Alerts: a job looks on the owners' behalf for what is new, and their home says so.

What is new is looked for with the rights that the owner has at that moment, and counted anew with
those when it is shown.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache, partial

from azora import Service, operation
from azora.actor import Actor
from azora_library.catalogue.access import MANAGE
from azora_library.saved import contracts, rows
from azora_library.saved.models import SavedSearchRow
from azora_library.sharing.people import away

AT_ONCE = 100
PAUSES = {"daily": timedelta(hours=20), "weekly": timedelta(days=6, hours=20)}
"""How long after an alert the next may come: a little less than its name says, so that none slips a day."""

LOOKED_AT = 20
"""Searches that a home looks at; whoever has more alerts finds them among their saved searches."""


class Alerts(Service):
    @operation("POST /search-alerts/looking", permission=MANAGE, http=False, timeout=600)
    def look_for_new(self, request: contracts.LookForNew) -> contracts.Looked:
        """Look for what is new in the searches whose owners want to hear of it, and tell"""
        owner_of = cache(partial(away, self.hosted))
        looked = told = 0
        for row in self._due():
            owner = owner_of(row.owner)
            if owner is not None:
                looked += 1
                told += self._tell(row, owner)
        return contracts.Looked(searches=looked, told=told)

    @operation("GET /search-alerts", permission="library.save_searches", timeout=10)
    def list_alerts(self, request: contracts.ListAlerts) -> contracts.SearchAlerts:
        """List your alerts: saved searches in which there is something new"""
        mine = (SavedSearchRow.owner == self.actor.id) & SavedSearchRow.fresh
        query = SavedSearchRow.select().where(mine & (SavedSearchRow.alert != "none"))
        found = query.order_by(SavedSearchRow.told.desc(), SavedSearchRow.id).limit(LOOKED_AT)
        items = [alert for row in found if (alert := self._alert(row))]
        return contracts.SearchAlerts(items=items[: request.limit])

    def _due(self) -> Iterator[SavedSearchRow]:
        now, after = datetime.now(UTC), ""
        due = [
            (SavedSearchRow.alert == name) & (SavedSearchRow.told <= now - pause)
            for name, pause in PAUSES.items()
        ]
        while found := list(
            SavedSearchRow.select()
            .where((SavedSearchRow.id > after) & (due[0] | due[1]))
            .order_by(SavedSearchRow.id)
            .limit(AT_ONCE)
        ):
            yield from found
            after = found[-1].id

    def _tell(self, row: SavedSearchRow, owner: Actor) -> bool:
        """Whether there is something new to tell of. What was told or seen before is not."""
        window = rows.Window(max(row.told, row.seen), self.settings.settle_seconds)
        found = rows.count(rows.new_in(self.hosted.database, row, owner, window))
        values = {"told": window.until} | ({"fresh": True} if found else {})
        same = (SavedSearchRow.id == row.id) & (SavedSearchRow.told == row.told)
        with self.transaction():
            if not SavedSearchRow.update(values).where(same).execute():
                return False
            if found:
                self.emit(_event(row, found))
        return bool(found)

    def _alert(self, row: SavedSearchRow) -> contracts.SearchAlert | None:
        window = rows.Window(row.seen, self.settings.settle_seconds)
        found = rows.count(rows.new_in(self.hosted.database, row, self.actor, window))
        return contracts.SearchAlert(id=row.id, title=row.name, found=found) if found else None


def _event(row: SavedSearchRow, found: int) -> contracts.SavedSearchFound:
    return contracts.SavedSearchFound(
        search_id=row.id, account_id=row.owner, name=row.name, found=found
    )
