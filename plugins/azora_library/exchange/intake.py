"""Takes records of other catalogues in: each becomes a resource once, however often it comes.

A record is known by its source and key. What its source said is kept as a digest, so that a
resource is touched only when its source has changed, and what people edited here stays.
"""

import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import peewee

from azora.errors import Invalid
from azora_library import domain
from azora_library.catalogue.models import ResourceRow
from azora_library.catalogue.rows import Catalogue, described
from azora_library.exchange.contracts import CatalogueRecord, ImportOutcome, ImportRecords

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

AT_ONCE = 20
"""Records in one transaction: enough to be quick, few enough to keep nobody waiting."""


class Intake:
    """One batch of records on its way in."""

    def __init__(
        self, hosted: "HostedPlugin", batch: ImportRecords, who: str | None = None
    ) -> None:
        self._hosted = hosted
        self._batch = batch
        self._catalogue = Catalogue(hosted, who)

    def outcomes(self) -> Iterator[ImportOutcome]:
        """What becomes of each record; in a dry run, what would."""
        records = self._batch.records
        for start in range(0, len(records), AT_ONCE):
            yield from self._some(records[start : start + AT_ONCE])
            time.sleep(0)  # other callers' turn

    def _some(self, records: list[CatalogueRecord]) -> list[ImportOutcome]:
        if self._batch.dry_run:
            return self._each(records)
        try:
            return self._write(records)
        except peewee.IntegrityError:
            # Another import brought one of these records first: it is known by now.
            return self._write(records)

    def _write(self, records: list[CatalogueRecord]) -> list[ImportOutcome]:
        with self._hosted.transaction():
            return self._each(records)

    def _each(self, records: list[CatalogueRecord]) -> list[ImportOutcome]:
        known = self._known(self._source(record) for record in records)
        return [self._one(record, known) for record in records]

    def _one(self, record: CatalogueRecord, known: dict[str, ResourceRow]) -> ImportOutcome:
        source = self._source(record)
        values = described(record)
        digest = domain.digest(values)
        row = known.get(source)
        try:
            if row is None:
                row = known[source] = self._add(values, source, digest)
                return ImportOutcome(key=record.key, outcome="added", id=row.id)
            if row.source_digest == digest:
                return ImportOutcome(key=record.key, outcome="unchanged", id=row.id)
            self._update(row, values, digest)
            return ImportOutcome(key=record.key, outcome="updated", id=row.id)
        except Invalid as error:
            reason = "; ".join(problem["detail"] for problem in error.fields) or error.detail
            return ImportOutcome(key=record.key, outcome="refused", reason=reason)

    def _add(self, values: dict[str, object], source: str, digest: str) -> ResourceRow:
        if not self._batch.dry_run:
            return self._catalogue.add(values, source=(source, digest))
        self._catalogue.require_type(str(values["type"]))
        return ResourceRow(source=source, source_digest=digest, **values)

    def _update(self, row: ResourceRow, values: dict[str, object], digest: str) -> None:
        self._catalogue.require_type(str(values["type"]))
        row.source_digest = digest
        if not self._batch.dry_run and not self._catalogue.change(row, values):
            row.save(only=[ResourceRow.source_digest])

    def _source(self, record: CatalogueRecord) -> str:
        return f"{self._batch.source}:{record.key}"

    def _known(self, sources: Iterable[str]) -> dict[str, ResourceRow]:
        rows = ResourceRow.select().where(ResourceRow.source.in_(list(sources)))
        return {str(row.source): row for row in rows}
