"""Takes records of other catalogues in: each becomes a resource once, however often it comes.

A record is known by its source and key. What its source said is kept as a digest, so that a
resource is touched only when its source has changed, and what people edited here stays.
"""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import peewee

from azora.errors import Invalid
from azora_library import domain
from azora_library.catalogue.models import ResourceRow
from azora_library.catalogue.rows import Catalogue, described
from azora_library.catalogue.types import require_type
from azora_library.exchange.contracts import (
    CatalogueRecord,
    ImportOutcome,
    ImportRecords,
    Outcome,
)

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

AT_ONCE = 100
"""Records in one transaction: enough to be quick, few enough to keep no other writer waiting."""
TURN = 25
"""Records after which other callers have their turn, the transaction being open."""


class Change(NamedTuple):
    """What an import did to a resource, and what it takes to undo that."""

    resource: str
    outcome: Outcome
    revision: int
    digest_before: str | None = None


Alongside = Callable[[list[ImportOutcome], list[Change]], None]
"""Writes, in the transaction of these records, what became of them."""


class Known(NamedTuple):
    """A record that came before: its resource, and the digest of what it said."""

    id: str
    digest: str | None


class Intake:
    """One batch of records on its way in."""

    def __init__(
        self,
        hosted: "HostedPlugin",
        batch: ImportRecords,
        who: str | None = None,
        alongside: Alongside | None = None,
    ) -> None:
        self._hosted = hosted
        self._batch = batch
        self._catalogue = Catalogue(hosted, who)
        self._alongside = alongside
        self._fresh: list[ResourceRow] = []
        self._changes: list[Change] = []

    def outcomes(self) -> Iterator[ImportOutcome]:
        """What becomes of each record; in a dry run, what would."""
        records = self._batch.records
        for start in range(0, len(records), AT_ONCE):
            yield from self._some(records[start : start + AT_ONCE])
            time.sleep(0)

    def _some(self, records: list[CatalogueRecord]) -> list[ImportOutcome]:
        if self._batch.dry_run:
            return self._each(records)
        try:
            return self._write(records)
        except peewee.IntegrityError:
            # Another import brought one of these records first: it is known by now.
            return self._write(records)

    def _write(self, records: list[CatalogueRecord]) -> list[ImportOutcome]:
        self._fresh, self._changes = [], []
        with self._hosted.transaction():
            outcomes = self._each(records)
            if self._alongside:
                self._alongside(outcomes, self._changes)
            return outcomes

    def _each(self, records: list[CatalogueRecord]) -> list[ImportOutcome]:
        known = self._known([self._source(record) for record in records])
        outcomes = []
        for number, record in enumerate(records, 1):
            outcomes.append(self._one(record, known))
            if number % TURN == 0:
                time.sleep(0)  # other callers' turn
        self._put()
        return outcomes

    def _one(self, record: CatalogueRecord, known: dict[str, Known]) -> ImportOutcome:
        source = self._source(record)
        values = described(record)
        digest = domain.digest(values)
        if "custom" in values:
            values["custom"] = self._catalogue.fields.known(values["custom"])
        before = known.get(source)
        try:
            if before is None:
                row = self._catalogue.new(values, source=(source, digest))
                self._fresh.append(row)
                self._changes.append(Change(row.id, "added", 1))
                known[source] = Known(row.id, digest)
                return ImportOutcome(key=record.key, outcome="added", id=row.id)
            if before.digest == digest:
                return ImportOutcome(key=record.key, outcome="unchanged", id=before.id)
            self._update(before, values, digest)
            known[source] = Known(before.id, digest)
            return ImportOutcome(key=record.key, outcome="updated", id=before.id)
        except Invalid as error:
            reason = "; ".join(problem["detail"] for problem in error.fields) or error.detail
            return ImportOutcome(key=record.key, outcome="refused", reason=reason)

    def _put(self) -> None:
        """Put in, all at once, what was found to be new."""
        if self._fresh and not self._batch.dry_run:
            self._catalogue.add_many(self._fresh)
        self._fresh = []

    def _update(self, before: Known, values: dict[str, object], digest: str) -> None:
        require_type(str(values["type"]))
        if self._batch.dry_run:
            return
        self._put()  # it may be among them
        row = self._catalogue.take(before.id, None)
        row.source_digest = digest
        if not self._catalogue.change(row, values):
            row.save(only=[ResourceRow.source_digest])
        self._changes.append(Change(row.id, "updated", row.revision, before.digest))

    def _source(self, record: CatalogueRecord) -> str:
        return f"{self._batch.source}:{record.key}"

    def _known(self, sources: list[str]) -> dict[str, Known]:
        """Which of these records are here: their ids, and the digests of what they said."""
        marks = ", ".join("?" * len(sources))
        sql = f"SELECT source, id, source_digest FROM library_resource WHERE source IN ({marks})"  # noqa: S608 – placeholders
        found = self._hosted.database.execute(sql, *sources)
        return {source: Known(id, digest) for source, id, digest in found}
