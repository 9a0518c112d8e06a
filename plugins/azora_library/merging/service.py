"""The operations that show what two people made of the same record, and join it."""

from azora import Service, operation
from azora.drafts import KeepDraft
from azora_library.catalogue.access import MANAGE
from azora_library.catalogue.rows import Catalogue
from azora_library.drafts import rows as drafts
from azora_library.drafts.models import DraftRow
from azora_library.history.versions import gathered
from azora_library.merging import contracts
from azora_library.merging.clash import against, settled, shown, typed
from azora_library.sharing import people


class Merging(Service):
    """One record of two people's."""

    @operation("GET /resources/{id}/clash", permission=MANAGE)
    def read_clash(self, request: contracts.ReadClash) -> contracts.Clash:
        """Read what you and somebody else made of a record, field by field"""
        row = self._catalogue.find(request.id)
        found = against(row, self._draft(request))
        who = {row.updated_by} if row.updated_by else set()
        return contracts.Clash(
            id=row.id,
            draft=request.draft,
            title=row.title,
            revision=row.revision,
            at=row.updated,
            name=people.called(who).get(row.updated_by or "", ""),
            origin_known=found.origin_known,
            fields=[shown(one) for one in found.fields],
        )

    @operation("POST /resources/{id}/clash", permission=MANAGE)
    def settle_clash(self, request: contracts.SettleClash) -> contracts.Settled:
        """Join both changes of a record into one"""
        with self.transaction():
            row = self._catalogue.take(request.id, request.if_revision)
            draft = self._draft(request)
            values = settled(against(row, draft).fields, request.take)
            if request.then == "edit":
                said = {**draft.typed, **typed(values), "if_revision": [str(row.revision)]}
                edit = KeepDraft(draft=draft.id, place=draft.place, form=draft.form, typed=said)
                drafts.keep(self.actor.id, edit)
                return contracts.Settled(address=drafts.entry(draft).address, revision=row.revision)
            self._catalogue.change(row, gathered(values))
            drafts.close(self.actor.id, draft.id)
            return contracts.Settled(
                address=f"/library/{row.id}?notice=saved", revision=row.revision
            )

    def _draft(self, request: contracts.ReadClash) -> DraftRow:
        return drafts.find(self.actor.id, request.draft, self.settings.keep_drafts)

    @property
    def _catalogue(self) -> Catalogue:
        return Catalogue(self.hosted, self.actor.id)
