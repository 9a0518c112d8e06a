"""The operations on copies, and on the terms on which they are lent."""

from datetime import UTC, datetime

from azora import Conflict, NotFound, Service, operation
from azora.data.failures import unless_taken
from azora_library.catalogue.models import ResourceRow
from azora_library.circulation import contracts, domain, shown, stock
from azora_library.circulation.domain import CopyState
from azora_library.circulation.lending import Lending
from azora_library.circulation.models import CopyRow, PolicyRow

MANAGE = "library.manage"


class Stockroom(Service):
    """What the library has on its shelves."""

    @operation("GET /resources/{id}/copies", public=True)
    def list_copies(self, request: contracts.ListCopies) -> contracts.Copies:
        """List the copies of a resource, and how many people wait for one"""
        actor = self.actor_or_none
        reader = stock.card_of_account(actor.id) if actor else None
        return shown.copies(self._resource(request.id), reader)

    @operation("POST /resources/{id}/copies", permission=MANAGE)
    def add_copy(self, request: contracts.AddCopy) -> contracts.Copy:
        """Add a copy of a resource"""
        with self.transaction():
            self._require_policy(request.policy)
            resource = stock.lock(self.hosted.database, self._resource(request.id))
            barcode = request.barcode or domain.new_number("L")
            said = request.model_dump(include={"location", "shelfmark", "policy", "note"})
            taken = Conflict(
                f"Another copy has the barcode {barcode}.", code="library.barcode_taken"
            )
            with unless_taken(taken):
                row = CopyRow.create(
                    resource=resource.number, barcode=barcode, created=datetime.now(UTC), **said
                )
            Lending(self.hosted).offer(row)
        return shown.copy(stock.copy_of(barcode))

    @operation("PATCH /copies/{barcode}", permission=MANAGE)
    def update_copy(self, request: contracts.UpdateCopy) -> contracts.Copy:
        """Move a copy, or say that it is lost, in repair, withdrawn or found again"""
        said = request.model_dump(include={"location", "shelfmark", "policy", "note"})
        with self.transaction():
            if request.policy:
                self._require_policy(request.policy)
            row = stock.take_copy(self.hosted.database, request.barcode)
            for name, value in said.items():
                if value is not None:
                    setattr(row, name, value)
            row.save()
            if request.state and request.state != row.state:
                Lending(self.hosted).put(row, CopyState(request.state))
        return shown.copy(stock.copy_of(request.barcode))

    @operation("DELETE /copies/{barcode}", permission=MANAGE)
    def remove_copy(self, request: contracts.RemoveCopy) -> None:
        """Take a copy out of the books, with its past loans; one that is out stays"""
        with self.transaction():
            row = stock.take_copy(self.hosted.database, request.barcode)
            Lending(self.hosted).put(row, CopyState.WITHDRAWN)
            CopyRow.delete().where(CopyRow.id == row.id).execute()

    @operation("GET /lending-policies", public=True)
    def list_policies(self, request: contracts.ListPolicies) -> contracts.Policies:
        """List the terms on which copies are lent"""
        rows = PolicyRow.select().order_by(PolicyRow.name)
        return contracts.Policies(items=list(map(shown.policy, rows)))

    @operation("PUT /lending-policies/{name}", permission=MANAGE)
    def save_policy(self, request: contracts.SavePolicy) -> contracts.Policy:
        """Set terms of lending; loans that run keep theirs until they are renewed"""
        said = {PolicyRow.days: request.days, PolicyRow.renewals: request.renewals}
        with self.transaction():
            PolicyRow.insert(**request.model_dump()).on_conflict(
                conflict_target=[PolicyRow.name], update=said
            ).execute()
        return contracts.Policy(**request.model_dump())

    def _resource(self, id: str) -> ResourceRow:
        return stock.resource_of(self.hosted.database, id, self.actor_or_none)

    def _require_policy(self, name: str) -> None:
        if PolicyRow.get_or_none(PolicyRow.name == name) is None:
            raise NotFound(
                f"There are no terms of lending named {name}.", code="library.policy_not_found"
            )
