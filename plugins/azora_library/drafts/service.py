"""The operations on drafts: each person's own, and nobody else's."""

from azora import Service, on_event, operation
from azora.data.keyset import paginate
from azora.drafts import Draft, DraftList, DraftRef, KeepDraft, ListDrafts
from azora_library.catalogue.access import MANAGE
from azora_library.catalogue.contracts import ResourceRemoved
from azora_library.catalogue.service import FILE_LIMIT
from azora_library.drafts import contracts, rows
from azora_library.drafts.models import DraftRow

LATE = 1
"""Days for which a closed draft is remembered."""


class Drafts(Service):
    """What you typed and did not save."""

    @operation(
        "PUT /drafts/{draft}", permission=MANAGE, max_body=FILE_LIMIT, timeout=600, audited=False
    )
    def keep_draft(self, request: KeepDraft) -> None:
        """Keep what is typed into a form"""
        with self.transaction():
            rows.keep(self.actor.id, request)

    @operation("GET /drafts", permission=MANAGE)
    def list_drafts(self, request: ListDrafts) -> DraftList:
        """List your drafts, the newest first"""
        yours = rows.open_of(self.actor.id) & (DraftRow.at > self._oldest)
        if request.place is not None:
            yours &= DraftRow.place == request.place
        found, following = paginate(DraftRow.select().where(yours), request, [DraftRow.at.desc()])
        return DraftList(items=list(map(rows.entry, found)), next=following)

    @operation("GET /drafts/{draft}", permission=MANAGE)
    def read_draft(self, request: DraftRef) -> Draft:
        """Read one of your drafts"""
        return rows.draft(rows.find(self.actor.id, request.draft, self.settings.keep_drafts))

    @operation("DELETE /drafts/{draft}", permission=MANAGE, audited=False)
    def discard_draft(self, request: DraftRef) -> None:
        """Discard one of your drafts"""
        with self.transaction():
            rows.close(self.actor.id, request.draft)

    @operation("POST /drafts/expire", permission=MANAGE, http=False)
    def expire_drafts(self, request: contracts.ExpireDrafts) -> contracts.DraftsExpired:
        """Remove drafts that were kept long enough"""
        late = DraftRow.closed & (DraftRow.at < rows.oldest(LATE))
        with self.transaction():
            gone = DraftRow.delete().where(late | (DraftRow.at < self._oldest)).execute()
        return contracts.DraftsExpired(removed=gone)

    @on_event("library.resource_removed")
    def turn_drafts_new(self, event: ResourceRemoved) -> None:
        """What was typed about a resource that is gone may become a new one."""
        to = {DraftRow.place: "/library/add", DraftRow.form: "add", DraftRow.resource: None}
        with self.transaction():
            DraftRow.update(to).where(DraftRow.resource == event.id).execute()

    @property
    def _oldest(self) -> object:
        return rows.oldest(self.settings.keep_drafts)
