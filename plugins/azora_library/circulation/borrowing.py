"""What readers do themselves: see what they have, renew it, wait for something."""

from datetime import UTC, datetime
from typing import Any

from azora import NotAllowed, NotFound, Service, operation
from azora_library.circulation import contracts, domain, shown, stock
from azora_library.circulation.desk import LEND, lent
from azora_library.circulation.domain import OPEN_HOLD, HoldState
from azora_library.circulation.lending import Lending
from azora_library.circulation.models import CardRow, HoldRow, LoanRow

BORROW = "library.borrow"


class Borrowing(Service):
    """A reader's own loans and holds. A librarian may act on anybody's."""

    @operation("GET /loans/mine", permission=BORROW)
    def own_lending(self, request: contracts.OwnLending) -> contracts.Lent:
        """Read what you have on loan and wait for"""
        card = stock.card_of_account(self.actor.id)
        return lent(card) if card else contracts.Lent(card=None, loans=[], holds=[])

    @operation("GET /loans/due", public=True)
    def list_due(self, request: contracts.ListDue) -> contracts.DueList:
        """List what you have on loan by the day it goes back; without signing in there is nothing"""
        rows = shown.with_what_they_name(self._own(LoanRow, LoanRow.returned.is_null()))
        return contracts.DueList(
            items=[
                contracts.Due(id=row.copy.resource.id, title=row.copy.resource.title, until=row.due)
                for row in rows.order_by(LoanRow.due).limit(request.limit)
            ]
        )

    @operation("GET /holds/ready", public=True)
    def list_ready(self, request: contracts.ListDue) -> contracts.DueList:
        """List what stands ready for you; without signing in there is nothing"""
        rows = self._own(HoldRow, HoldRow.state == HoldState.READY).order_by(HoldRow.until)
        return contracts.DueList(
            items=[
                contracts.Due(id=row.resource.id, title=row.resource.title, until=row.until)
                for row in rows.limit(request.limit)
            ]
        )

    @operation("POST /loans/{id}/renewals", permission=BORROW)
    def renew_loan(self, request: contracts.RenewLoan) -> contracts.Loan:
        """Renew a loan, unless another reader waits for it"""
        with self.transaction():
            found = self._loan(request.id)
            stock.take_copy(self.hosted.database, found.copy.barcode)
            row = self._loan(request.id)
            Lending(self.hosted).renew(row)
        return shown.loan(row)

    @operation("POST /resources/{id}/holds", permission=BORROW)
    def place_hold(self, request: contracts.PlaceHold) -> contracts.Hold:
        """Wait for the next copy of a resource"""
        with self.transaction():
            card = self._card(request.card)
            wanted = stock.resource_of(self.hosted.database, request.id, self.actor)
            hold = Lending(self.hosted).place_hold(wanted, card)
        return shown.hold(hold)

    @operation("DELETE /holds/{hold}", permission=BORROW)
    def cancel_hold(self, request: contracts.HoldRef) -> None:
        """Wait no longer; a copy that stood ready goes to the next reader"""
        with self.transaction():
            found = self._hold(request.hold)
            stock.lock(self.hosted.database, found.resource)
            row = self._hold(request.hold)
            Lending(self.hosted).end_hold(row, HoldState.CANCELLED)

    def _own(self, table: type[LoanRow] | type[HoldRow], condition: Any) -> Any:
        """A query of the reader's own rows."""
        actor = self.actor_or_none
        card = stock.card_of_account(actor.id) if actor else None
        return table.select().where((table.card == (card.id if card else "")) & condition)

    def _card(self, number: str | None) -> CardRow:
        """The card of whoever is named, else of the reader, who gets one with the first hold."""
        if number:
            if not self.actor.may(LEND):
                raise NotAllowed("Only a librarian places holds for others.")
            return stock.card_of(number)
        return stock.card_of_account(self.actor.id) or self._new_card()

    def _new_card(self) -> CardRow:
        """A card for the reader, unless another of their calls makes one at this moment."""
        CardRow.insert(
            number=domain.new_number("C"),
            account=self.actor.id,
            name=self.actor.name or self.actor.id,
            created=datetime.now(UTC),
        ).on_conflict(
            conflict_target=[CardRow.account], update={CardRow.name: CardRow.name}
        ).execute()
        return CardRow.get(CardRow.account == self.actor.id)  # type: ignore[no-any-return]

    def _loan(self, id: str) -> LoanRow:
        row = LoanRow.get_or_none((LoanRow.id == id) & LoanRow.returned.is_null())
        if row is None or not self._is_mine(row.card):
            raise NotFound("There is no such loan that runs.", code="library.loan_not_found")
        return row

    def _hold(self, id: str) -> HoldRow:
        row = HoldRow.get_or_none((HoldRow.id == id) & HoldRow.state.in_(OPEN_HOLD))
        if row is None or not self._is_mine(row.card):
            raise NotFound("There is no such hold that is open.", code="library.hold_not_found")
        return row

    def _is_mine(self, card: CardRow | None) -> bool:
        return self.actor.may(LEND) or (card is not None and card.account == self.actor.id)
