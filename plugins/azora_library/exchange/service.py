"""The operations by which records come in from other catalogues."""

from azora import Service, operation
from azora_library.exchange import contracts
from azora_library.exchange.intake import Intake
from azora_library.imports.rows import noting

IMPORT_LIMIT = 20_000_000


class Imports(Service):
    """Records of other catalogues on their way in."""

    @operation(
        "POST /imports",
        permission="library.manage",
        max_body=IMPORT_LIMIT,
        timeout=120,
        audited="act",
    )
    def import_records(self, request: contracts.ImportRecords) -> contracts.ImportReport:
        """Take in records of another catalogue; running it again makes no duplicates"""
        alongside = noting(self.hosted.database, request.run) if request.run else None
        intake = Intake(self.hosted, request, self.actor.id, alongside)
        return contracts.ImportReport(outcomes=list(intake.outcomes()))
