"""The operations by which every plugin's audit trail is read, checked and kept in bounds."""

import time

from azora.admin import contracts, entries
from azora.contract import operation
from azora.data import trail
from azora.messages import Request
from azora.service import Service

DAY = 86_400.0
PRUNE = "admin_prune_audit"


def trail_administration(administer: str) -> type[Service]:
    """The service with this permission of its plugin."""

    class TrailAdministration(Service):
        @operation("GET /admin/audit", permission=administer)
        def admin_list_audit(self, request: contracts.ListEntries) -> contracts.Entries:
            """List what administrators did here, the newest first."""
            return contracts.Entries(items=entries.acts(self.hosted.database, request))

        @operation("GET /admin/audit/acts/{act}", permission=administer)
        def admin_read_act(self, request: contracts.ReadAct) -> contracts.Entries:
            """Read one act with every row that it changed."""
            return contracts.Entries(items=entries.of_act(self.hosted.database, request.act))

        @operation("GET /admin/audit/verification", permission=administer, timeout=600)
        def admin_verify_audit(self, request: Request) -> contracts.Verified:
            """Follow the chain of the audit trail from its first entry to its last."""
            found = trail.verify(self.hosted.database)
            return contracts.Verified(
                entries=found.entries,
                head=found.head,
                faults=list(found.faults),
                unsealed=found.unsealed,
            )

        @operation("POST /admin/audit/pruning", permission=administer, http=False, audited=False)
        def admin_prune_audit(self, request: Request) -> contracts.Pruned:
            """Delete entries beyond their retention, and forget addresses that are older than theirs."""
            settings, now = self.hosted.runtime.settings, time.time()
            trail.forget(self.hosted.database, before=now - settings.audit_address_days * DAY)
            oldest = now - settings.audit_retention_days * DAY
            return contracts.Pruned(count=trail.prune(self.hosted.database, oldest))

    return TrailAdministration
