"""Carries harvests on beside the calls: one answer at a time, from the token that was kept last."""

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from azora.data.leases import Lease
from azora.errors import AzoraError, Conflict, RequestError, ServiceError
from azora_library.catalogue.models import ResourceRow
from azora_library.catalogue.rows import Catalogue
from azora_library.exchange.contracts import ImportRecords
from azora_library.exchange.intake import Intake
from azora_library.exchange.records import Read, Refused
from azora_library.harvest.models import FAILED, IDLE, RUNNING, HarvestRow, StrayRow
from azora_library.harvest.protocol import Busy, Listing, Refusal, ask, listing, speaks_seconds

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

PAUSE = 0.5
"""Seconds between two looks, and between two questions to one repository."""
LEASE = 120.0
MOST_ATTEMPTS = 8
TOGETHER = 100
COUNTED = ("added", "updated", "unchanged", "deleted", "refused", "records")


class Harvester:
    """One for each process; of several, one at a time harvests."""

    def __init__(self, hosted: "HostedPlugin") -> None:
        self._hosted = hosted
        self._lease = Lease(hosted.database, "harvests", LEASE)

    def round(self) -> None:
        """One question to the repository that waits longest for one."""
        row = _next()
        if row is not None and self._lease.take():
            self._go_on(row)
        time.sleep(PAUSE)

    def _go_on(self, row: HarvestRow) -> None:
        try:
            self._take_in(row, self._asked(row))
        except Busy as busy:
            self._note(row, wait_until=busy.until)
        except Refusal as refusal:
            self._refused(row, refusal)
        except RequestError as error:
            self._note(row, state=FAILED, problem=error.detail)
        except ServiceError as error:
            self._try_again(row, error)

    def _asked(self, row: HarvestRow) -> Listing:
        outbound = self._hosted.outbound
        if row.token:
            said: dict[str, str | None] = {"verb": "ListRecords", "resumptionToken": row.token}
        else:
            seconds = speaks_seconds(ask(outbound, row.address, {"verb": "Identify"}))
            said = {
                "verb": "ListRecords", "metadataPrefix": row.prefix, "set": row.subset,
                "from": _as_told(row.since, seconds), "until": _as_told(row.until, seconds),
            }  # fmt: skip
        return listing(ask(outbound, row.address, said), row.prefix)

    def _take_in(self, row: HarvestRow, found: Listing) -> None:
        """Take one answer in; its token is kept once all of it is here, so that nothing is left out."""
        counts = dict.fromkeys(COUNTED, 0)
        strays = {} if found.broken is None else {"-": f"The answer was broken XML: {found.broken}"}
        fit = [one.read for one in found.records if isinstance(one.read, Read)]
        for start in range(0, len(fit), TOGETHER):
            batch = ImportRecords(
                source=row.source, records=[one.record for one in fit[start : start + TOGETHER]]
            )
            for outcome in Intake(self._hosted, batch).outcomes():
                counts[outcome.outcome] += 1
                if outcome.outcome == "refused":
                    strays[outcome.key] = outcome.reason or ""
        for one in found.records:
            if isinstance(one.read, Refused):
                strays[one.identifier] = one.read.reason
                counts["refused"] += 1
            elif one.read is None:
                self._delete(row, one.identifier, counts, strays)
        counts["records"] = len(found.records)
        self._reached(row, found, counts, strays)

    def _delete(
        self, row: HarvestRow, identifier: str, counts: dict[str, int], strays: dict[str, str]
    ) -> None:
        """What is deleted there goes here, unless somebody here has worked on it."""
        with self._hosted.transaction():
            here = ResourceRow.get_or_none(ResourceRow.source == f"{row.source}:{identifier}")
            if here is None:
                return
            if here.updated_by is not None:
                strays[identifier] = (
                    "is deleted at its source; somebody changed it here, so it stays"
                )
                return
            try:
                Catalogue(self._hosted).remove(here)
            except Conflict as error:
                strays[identifier] = f"is deleted at its source; it stays here: {error.detail}"
                return
        counts["deleted"] += 1

    def _reached(
        self, row: HarvestRow, found: Listing, counts: dict[str, int], strays: dict[str, str]
    ) -> None:
        now: dict[str, Any] = {name: getattr(row, name) + count for name, count in counts.items()}
        now |= {
            "token": found.token,
            "began": row.began or found.at,
            "attempts": 0,
            "wait_until": None,
        }
        if found.token is None and found.broken:
            now |= {"state": FAILED, "problem": strays["-"]}
        elif found.token is None:
            now |= {"state": IDLE, "harvested_to": row.until or now["began"]}
        self._note(row, strays, **now)

    def _refused(self, row: HarvestRow, refusal: Refusal) -> None:
        if refusal.code == "noRecordsMatch":
            self._note(row, state=IDLE, token=None)
        elif refusal.code == "badResumptionToken" and row.token:
            self._note(row, token=None, began=None)  # it has expired: the list begins anew
        else:
            self._note(row, state=FAILED, problem=str(refusal))

    def _try_again(self, row: HarvestRow, error: AzoraError) -> None:
        attempts = row.attempts + 1
        if attempts >= MOST_ATTEMPTS:
            self._note(row, state=FAILED, problem=error.detail, attempts=0)
            return
        then = datetime.now(UTC) + timedelta(seconds=2**attempts)
        self._note(row, attempts=attempts, wait_until=then, problem=error.detail)

    def _note(self, row: HarvestRow, strays: dict[str, str] | None = None, **values: Any) -> None:
        """Keep how far it is, unless somebody stopped it or began it anew meanwhile."""
        now = datetime.now(UTC)
        with self._hosted.transaction():
            HarvestRow.update(**values, changed=now).where(
                (HarvestRow.id == row.id)
                & (HarvestRow.state == RUNNING)
                & (HarvestRow.changed == row.changed)
            ).execute()
            for identifier, reason in (strays or {}).items():
                StrayRow.insert(
                    harvest=row.id, identifier=identifier[:300], reason=reason, at=now
                ).on_conflict(
                    conflict_target=[StrayRow.harvest, StrayRow.identifier],
                    update={StrayRow.reason: reason, StrayRow.at: now},
                ).execute()


def _next() -> HarvestRow | None:
    due = HarvestRow.wait_until.is_null() | (HarvestRow.wait_until <= datetime.now(UTC))
    waiting = HarvestRow.select().where((HarvestRow.state == RUNNING) & due)
    return waiting.order_by(HarvestRow.changed).first()  # type: ignore[no-any-return]


def _as_told(moment: str | None, seconds: bool) -> str | None:
    """A moment as exactly as the repository takes it."""
    if moment is None:
        return None
    return (moment if "T" in moment else f"{moment}T00:00:00Z") if seconds else moment[:10]
