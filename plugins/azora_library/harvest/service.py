"""The operations of harvests: say where from, start, stop, see."""

from datetime import UTC, datetime
from typing import Any

from azora import Service, operation
from azora.data.keyset import paginate
from azora.errors import Conflict, NotFound
from azora_library.catalogue.access import MANAGE
from azora_library.harvest import contracts
from azora_library.harvest.models import IDLE, RUNNING, HarvestRow, StrayRow
from azora_library.harvest.running import COUNTED

SHOWN = tuple(contracts.Harvest.model_fields)


class Harvests(Service):
    """Other repositories from which the library takes in what they tell."""

    @operation("POST /harvests", permission=MANAGE, idempotent=True)
    def add_harvest(self, request: contracts.AddHarvest) -> contracts.Harvest:
        """Add a repository to harvest from, or change it"""
        said = request.model_dump(exclude={"source"})
        now = datetime.now(UTC)
        with self.transaction():
            begun = {"created": now, "changed": now, "created_by": self.actor.id}
            HarvestRow.insert(source=request.source, **begun, **said).on_conflict(
                conflict_target=[HarvestRow.source], update={**said, "changed": now}
            ).execute()
            row = HarvestRow.get(HarvestRow.source == request.source)
        return _said(row)

    @operation("GET /harvests", permission=MANAGE)
    def list_harvests(self, request: contracts.ListHarvests) -> contracts.HarvestList:
        """List the repositories that are harvested"""
        found, following = paginate(HarvestRow.select(), request, [HarvestRow.id])
        return contracts.HarvestList(items=list(map(_said, found)), next=following)

    @operation("GET /harvests/{id}", permission=MANAGE)
    def read_harvest(self, request: contracts.HarvestRef) -> contracts.Harvest:
        """Read how far a harvest is"""
        return _said(_find(request.id))

    @operation("POST /harvests/{id}/start", permission=MANAGE)
    def start_harvest(self, request: contracts.StartHarvest) -> contracts.Harvest:
        """Start a harvest; it goes on in the background, also after the campus was stopped"""
        with self.transaction():
            row = _find(request.id)
            if row.state == RUNNING:
                raise Conflict("This harvest runs already.", code="library.harvest_state")
            if request.anew or request.since:
                row.token = None
            _begin(row, None if request.anew else request.since, request.until, anew=request.anew)
        return _said(row)

    @operation("POST /harvests/{id}/stop", permission=MANAGE)
    def stop_harvest(self, request: contracts.HarvestRef) -> contracts.Harvest:
        """Stop a harvest; started again, it goes on where it was"""
        with self.transaction():
            row = _find(request.id)
            if row.state != RUNNING:
                raise Conflict("This harvest does not run.", code="library.harvest_state")
            _save(row, state=IDLE)
        return _said(row)

    @operation("DELETE /harvests/{id}", permission=MANAGE)
    def remove_harvest(self, request: contracts.HarvestRef) -> None:
        """Stop harvesting from a repository; what came from it stays"""
        with self.transaction():
            row = _find(request.id)
            StrayRow.delete().where(StrayRow.harvest == row.id).execute()
            row.delete_instance()

    @operation("GET /harvests/{id}/strays", permission=MANAGE)
    def list_strays(self, request: contracts.ListStrays) -> contracts.StrayList:
        """List the records that a harvest could not take in, and why"""
        strays = StrayRow.select().where(StrayRow.harvest == request.id)
        found, following = paginate(strays, request, [StrayRow.identifier])
        items = [contracts.Stray(identifier=row.identifier, reason=row.reason) for row in found]
        return contracts.StrayList(items=items, next=following)

    @operation("POST /harvests/daily", permission=MANAGE, http=False)
    def start_daily_harvests(self, request: contracts.StartDaily) -> contracts.DailyStarted:
        """Start every harvest that is wanted each night"""
        with self.transaction():
            rows = list(HarvestRow.select().where(HarvestRow.daily & (HarvestRow.state != RUNNING)))
            for row in rows:
                _begin(row, None, None, anew=False)
        return contracts.DailyStarted(started=len(rows))


def _begin(row: HarvestRow, since: str | None, until: str | None, *, anew: bool) -> None:
    """Go on with a list that is half read; else ask for what changed since the last whole one."""
    told: dict[str, Any] = {"state": RUNNING, "problem": None, "wait_until": None, "attempts": 0}
    if row.token is None:
        since = None if anew else since or row.harvested_to
        told |= {"since": since, "until": until, "began": None, "token": None}
        told |= dict.fromkeys(COUNTED, 0)
        StrayRow.delete().where(StrayRow.harvest == row.id).execute()
    _save(row, **told)


def _save(row: HarvestRow, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.changed = datetime.now(UTC)
    row.save()


def _find(id: str) -> HarvestRow:
    row = HarvestRow.get_or_none(HarvestRow.id == id)
    if row is None:
        raise NotFound("There is no such harvest.", code="library.harvest_not_found")
    return row  # type: ignore[no-any-return]


def _said(row: HarvestRow) -> contracts.Harvest:
    return contracts.Harvest(**{name: getattr(row, name) for name in SHOWN})
