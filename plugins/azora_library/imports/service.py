"""The operations of imports: bring a file, look, map, start, cancel, take back."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import PurePath

from azora import Document, Service, operation
from azora.data.keyset import paginate
from azora.errors import FieldError, Invalid
from azora.messages import FileRef
from azora_library.catalogue.access import MANAGE
from azora_library.custom.columns import own_columns
from azora_library.exchange.formats import format_of
from azora_library.imports import contracts, models, reading, rows
from azora_library.imports.models import ImportRow, RefusalRow, TakenRow

FILE_LIMIT = 500_000_000
AT_ONCE = 500
OVER = (models.DONE, models.CANCELLED, models.FAILED, models.SENDING)
"""States from which an import can be taken back."""


class Importing(Service):
    """Catalogues on their way in, each a file that is looked at before anything happens."""

    @operation("POST /imports/files", permission=MANAGE, max_body=FILE_LIMIT, timeout=600)
    def upload_import(self, request: contracts.UploadImport) -> contracts.Import:
        """Bring a catalogue as a file; nothing is imported yet"""
        format = request.format or self._recognised(request.file)
        file = {f"file_{name}": getattr(request.file, name) for name in rows.FILE}
        source = request.source or named(request.file.name)
        return self._made(source=source, format=format, state=models.READY, **file)

    @operation("POST /imports/begin", permission=MANAGE)
    def begin_import(self, request: contracts.BeginImport) -> contracts.Import:
        """Begin an import whose records come through import_records"""
        return self._made(
            source=request.source,
            format=request.format,
            state=models.SENDING,
            file_name=request.name,
        )

    @operation("GET /imports", permission=MANAGE)
    def list_imports(self, request: contracts.ListImports) -> contracts.ImportList:
        """List the imports, the newest first"""
        found, following = paginate(ImportRow.select(), request, [ImportRow.id.desc()])
        return contracts.ImportList(items=[rows.said(row) for row in found], next=following)

    @operation("GET /imports/{id}", permission=MANAGE)
    def read_import(self, request: contracts.ImportRef) -> contracts.Import:
        """Read how far an import is"""
        return rows.said(rows.find(request.id))

    @operation("GET /imports/{id}/preview", permission=MANAGE, timeout=60)
    def preview_import(self, request: contracts.ImportRef) -> contracts.Preview:
        """See the first records of an import as they would come in"""
        row = rows.find(request.id)
        if row.state != models.READY:
            return contracts.Preview(records=[])
        with reading.opened(self.hosted, row) as stream:
            return reading.preview(stream, row)

    @operation("POST /imports/mapping", permission=MANAGE, idempotent=True)
    def find_mapping(self, request: contracts.FindMapping) -> contracts.FoundMapping:
        """Say what the columns of a table seem to hold"""
        return reading.found_mapping(request.columns)

    @operation("PUT /imports/{id}/mapping", permission=MANAGE)
    def map_import(self, request: contracts.MapImport) -> contracts.Import:
        """Say what the columns of a table hold; remembered for tables with the same headings"""
        if request.mapping:
            reading.check_mapping(request.mapping, own_columns().several)
        with self.transaction():
            row = rows.take(self.hosted.database, request.id, models.READY)
            rows.begin_anew(row, mapping=request.mapping, encoding=request.encoding, dry_run=False)
            if request.mapping:
                rows.remember(list(request.mapping), request.mapping)
        return rows.said(row)

    @operation("POST /imports/{id}/start", permission=MANAGE)
    def start_import(self, request: contracts.StartImport) -> contracts.Import:
        """Start an import, or try it without changing anything; it goes on in the background"""
        with self.transaction():
            row = rows.take(self.hosted.database, request.id, models.READY)
            rows.begin_anew(row, state=models.RUNNING, dry_run=request.dry_run)
        return rows.said(row)

    @operation("POST /imports/{id}/cancel", permission=MANAGE)
    def cancel_import(self, request: contracts.ImportRef) -> contracts.Import:
        """Stop an import; what came in stays, and can be taken back"""
        with self.transaction():
            row = rows.take(self.hosted.database, request.id, models.RUNNING, models.READY)
            rows.save(row, state=models.READY if row.dry_run and row.read else models.CANCELLED)
        return rows.said(row)

    @operation("POST /imports/{id}/finish", permission=MANAGE)
    def finish_import(self, request: contracts.ImportRef) -> contracts.Import:
        """Say that every record of an import was sent"""
        with self.transaction():
            row = rows.take(self.hosted.database, request.id, models.SENDING)
            rows.save(row, state=models.DONE)
        return rows.said(row)

    @operation("POST /imports/{id}/undo", permission=MANAGE)
    def undo_import(self, request: contracts.ImportRef) -> contracts.Import:
        """Take an import back, but for what somebody changed since"""
        with self.transaction():
            row = rows.take(self.hosted.database, request.id, *OVER)
            rows.save(row, state=models.UNDOING, taken_back=0, kept=0)
        return rows.said(row)

    @operation("GET /imports/{id}/kept", permission=MANAGE)
    def list_kept(self, request: contracts.ListKept) -> contracts.KeptList:
        """List what an undo left as it is, and why"""
        kept = TakenRow.select().where((TakenRow.run == request.id) & TakenRow.kept.is_null(False))
        found, following = paginate(kept, request, [TakenRow.resource])
        items = [contracts.KeptResource(id=row.resource, reason=row.kept) for row in found]
        return contracts.KeptList(items=items, next=following)

    @operation("GET /imports/{id}/refusals", permission=MANAGE, timeout=600)
    def download_refusals(self, request: contracts.ImportRef) -> Iterator[Document]:
        """Download the report of refused records as a table"""
        row = rows.find(request.id)
        name = f"{row.source}-refused.csv"
        last = 0
        yield Document(text="record,key,reason\r\n", media_type="text/csv", name=name)
        while some := _refusals(row.id, last):
            yield Document(text=_lines(some), media_type="text/csv", name=name)
            last = some[-1].record

    def _made(self, **values: object) -> contracts.Import:
        now = datetime.now(UTC)
        with self.transaction():
            row = ImportRow.create(created=now, changed=now, created_by=self.actor.id, **values)
        return rows.said(row)

    def _recognised(self, file: FileRef) -> str:
        """The format of a file, or Invalid beside it, and the file is forgotten."""
        try:
            with self.files.local(file) as path, path.open("rb") as stream:
                return format_of(stream).name
        except Invalid as error:
            self.files.delete(file)
            problem = FieldError(field="file", code=error.code, detail=error.detail)
            raise Invalid(error.detail, code=error.code, fields=[problem]) from None


def named(file: str) -> str:
    """The name of a catalogue after its file's."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", PurePath(file).stem).strip("-._")[:80] or "import"


def _refusals(run: str, after: int) -> list[RefusalRow]:
    query = RefusalRow.select().where((RefusalRow.run == run) & (RefusalRow.record > after))
    return list(query.order_by(RefusalRow.record).limit(AT_ONCE))


def _lines(refusals: list[RefusalRow]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows([one.record, one.key or "", one.reason] for one in refusals)
    return written.getvalue()
