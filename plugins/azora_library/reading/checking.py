"""Files read through in the background: each is what it was when it came in, or somebody hears of it."""

import hashlib
import time
from datetime import UTC, datetime

from azora import Service, operation
from azora.data.keyset import paginate
from azora.errors import AzoraError
from azora_library.catalogue.access import MANAGE
from azora_library.catalogue.models import ResourceRow
from azora_library.reading import contracts
from azora_library.reading.models import FileCheckRow

SECONDS = 120.0
"""For how long one run reads; the next goes on with what was read longest ago."""


class Checking(Service):
    @operation("POST /files/verification", permission=MANAGE, http=False, timeout=600)
    def verify_files(self, request: contracts.VerifyFiles) -> contracts.FilesVerified:
        """Read files through and compare them with their checksums, those not read for longest first"""
        limit = time.monotonic() + SECONDS
        read = damaged = 0
        for digest in self._in_turn():
            damaged += self._verify(digest) != "sound"
            read += 1
            if time.monotonic() > limit:
                break
        return contracts.FilesVerified(read=read, damaged=damaged)

    @operation("GET /files/damaged", permission=MANAGE)
    def list_damaged_files(self, request: contracts.ListDamaged) -> contracts.DamagedFiles:
        """List the resources whose file is damaged or gone"""
        query = (
            ResourceRow.select(ResourceRow, FileCheckRow.found, FileCheckRow.checked)
            .join(FileCheckRow, on=(FileCheckRow.digest == ResourceRow.file_digest))
            .where(FileCheckRow.found != "sound")
        )
        rows, next_page = paginate(query.objects(), request, [ResourceRow.number])
        return contracts.DamagedFiles(
            items=[
                contracts.DamagedFile(
                    id=row.id,
                    title=row.title,
                    file=row.file_name,
                    found=row.found,
                    checked=row.checked,
                )
                for row in rows
            ],
            next=next_page,
        )

    def _in_turn(self) -> list[str]:
        rows = self.hosted.database.execute(
            "SELECT DISTINCT r.file_digest, c.checked FROM library_resource AS r "
            "LEFT JOIN library_file_check AS c ON c.digest = r.file_digest "
            "WHERE r.file_digest IS NOT NULL ORDER BY c.checked NULLS FIRST"
        )
        return [digest for digest, _ in rows]

    def _verify(self, digest: str) -> str:
        found, now = self._find(digest), datetime.now(UTC)
        with self.transaction():
            before = FileCheckRow.get_or_none(FileCheckRow.digest == digest)
            FileCheckRow.insert(digest=digest, checked=now, found=found).on_conflict(
                conflict_target=[FileCheckRow.digest],
                update={FileCheckRow.checked: now, FileCheckRow.found: found},
            ).execute()
            if found != "sound" and (before is None or before.found == "sound"):
                self.emit(contracts.FileDamaged(digest=digest, found=found))
        return found

    def _find(self, digest: str) -> str:
        if not self.files.exists(digest):
            return "gone"
        read = hashlib.sha256()
        try:
            for block in self.files.open(digest):
                read.update(block)
        except AzoraError:
            return "damaged"
        return "sound" if read.hexdigest() == digest else "damaged"
