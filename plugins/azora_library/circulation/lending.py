"""Lending itself: the one place that moves a copy between its shelf, a reader and the hold shelf.

Every method works inside the caller's transaction, on rows that nobody else can change meanwhile.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from azora import Conflict
from azora_library.catalogue.models import ResourceRow
from azora_library.circulation import domain, events, stock
from azora_library.circulation.domain import LENDING_STATES, CopyState, HoldState
from azora_library.circulation.models import CardRow, CopyRow, HoldRow, LoanRow

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin


class Homecoming(NamedTuple):
    """What a copy that came back ends, and for whom it is set aside."""

    copy: CopyRow
    loan: LoanRow | None
    late: bool
    hold: HoldRow | None


class Lending:
    """Loans and holds of one campus, at one moment."""

    def __init__(self, hosted: "HostedPlugin", now: datetime | None = None) -> None:
        self._hosted = hosted
        self._settings = hosted.settings
        self._zone = ZoneInfo(self._settings.time_zone)
        self.now = now or datetime.now(UTC)

    def check_out(self, barcode: str, number: str) -> LoanRow:
        """Lend a copy to the holder of a card. Raises NotFound, or Conflict with the reason."""
        copy = stock.take_copy(self._hosted.database, barcode)
        card = stock.lock(self._hosted.database, stock.card_of(number))
        terms = stock.terms_of(copy)
        hold = self._refuse_copy(copy, card, terms)
        self._refuse_card(card)
        loan = LoanRow.create(
            copy=copy.id,
            card=card.id,
            started=self.now,
            due=domain.due(self.now, terms.days, self._zone),
        )
        self._move(copy, CopyState.ON_LOAN)
        if hold:
            self.end_hold(hold, HoldState.FULFILLED, fetched=copy)
        self._tell(events.LoanStarted, loan)
        return loan

    def check_in(self, barcode: str) -> Homecoming:
        """Take a copy back, wherever it was; it goes to whoever waits longest, else to its shelf."""
        copy = stock.take_copy(self._hosted.database, barcode)
        loan = stock.open_loan(copy)
        waited_for = copy.state == CopyState.AVAILABLE and stock.queue(copy.resource).exists()
        if copy.state in (CopyState.AVAILABLE, CopyState.HELD) and not waited_for:
            raise Conflict(
                "This copy is not on loan: it only needs its shelf.", code="library.not_on_loan"
            )
        if copy.state == CopyState.WITHDRAWN:
            raise Conflict(
                "The copy is withdrawn: mark it found first.", code="library.copy_not_here"
            )
        late = loan is not None and self.now > loan.due
        if loan:
            self._close(loan)
        return Homecoming(copy, loan, late, self.offer(copy))

    def offer(self, copy: CopyRow) -> HoldRow | None:
        """Set a copy that is here aside for whoever waits longest; else put it on its shelf."""
        hold = stock.queue(copy.resource).first() if stock.terms_of(copy).days else None
        if hold is None:
            self._move(copy, CopyState.AVAILABLE)
            return None
        days = self._settings.keep_holds
        hold.state, hold.copy = HoldState.READY, copy.id
        hold.until = domain.due(self.now, days, self._zone)
        hold.save(only=[HoldRow.state, HoldRow.copy, HoldRow.until])
        self._move(copy, CopyState.HELD)
        self._tell_hold(events.HoldReady, hold, until=hold.until)
        return hold

    def renew(self, loan: LoanRow) -> None:
        """Give a loan another term, counted from today. Raises Conflict with the reason."""
        terms = stock.terms_of(loan.copy)
        if loan.card and loan.card.blocked:
            raise Conflict("This card is blocked: ask at the desk.", code="library.card_blocked")
        if stock.queue(loan.copy.resource).exists():
            raise Conflict(
                "Another reader waits for it, so it cannot be renewed.", code="library.others_wait"
            )
        if loan.renewals >= terms.renewals:
            raise Conflict(
                "It has been renewed as often as its terms allow.", code="library.no_renewals_left"
            )
        loan.due = domain.renewed(self.now, loan.due, terms.days, self._zone)
        loan.renewals += 1
        loan.told = domain.Stage.RUNNING
        loan.save(only=[LoanRow.due, LoanRow.renewals, LoanRow.told])
        self._tell(events.LoanRenewed, loan)

    def place_hold(self, wanted: ResourceRow, card: CardRow) -> HoldRow:
        """A place in the queue. A copy on its shelf is set aside once somebody fetches and scans it."""
        resource = stock.lock(self._hosted.database, wanted)
        card = stock.lock(self._hosted.database, card)
        if card.blocked:
            raise Conflict("This card is blocked: ask at the desk.", code="library.card_blocked")
        copies = CopyRow.select().where(CopyRow.resource == resource.number)
        if not any(one.state in LENDING_STATES and stock.terms_of(one).days for one in copies):
            raise Conflict("The library has no copy of this to lend.", code="library.no_copies")
        self._refuse_hold(resource.number, card)
        hold = HoldRow.create(resource=resource.number, card=card.id, placed=self.now)
        self._tell_hold(events.HoldPlaced, hold)
        return hold

    def end_hold(self, hold: HoldRow, state: HoldState, fetched: CopyRow | None = None) -> None:
        """End a hold. A copy that stood ready for it goes to the next, unless it is the one `fetched`."""
        aside = hold.copy
        hold.state, hold.ended, hold.copy, hold.until = state, self.now, None, None
        hold.save(only=[HoldRow.state, HoldRow.ended, HoldRow.copy, HoldRow.until])
        self._tell_hold(events.HoldEnded, hold, outcome=str(state))
        if aside and (fetched is None or aside.id != fetched.id):
            self.offer(aside)

    def put(self, copy: CopyRow, state: CopyState) -> None:
        """A librarian says where a copy is: a loan ends as lost, a hold waits for another copy."""
        if (loan := stock.open_loan(copy)) and state != CopyState.LOST:
            raise Conflict("The copy is on loan: check it in first.", code="library.copy_is_out")
        if loan:
            self._close(loan)
        for hold in HoldRow.select().where(
            (HoldRow.copy == copy.id) & (HoldRow.state == HoldState.READY)
        ):
            hold.state, hold.copy, hold.until = HoldState.WAITING, None, None
            hold.save(only=[HoldRow.state, HoldRow.copy, HoldRow.until])
        if state == CopyState.AVAILABLE:
            self.offer(copy)
        else:
            self._move(copy, state)

    def tell_stage(self, loan: LoanRow, stage: domain.Stage) -> None:
        """Tell, once for each stage, that a loan is due soon or overdue."""
        loan.told = stage
        loan.save(only=[LoanRow.told])
        self._tell(
            events.LoanOverdue if stage == domain.Stage.OVERDUE else events.LoanDueSoon, loan
        )

    def _refuse_copy(self, copy: CopyRow, card: CardRow, terms: domain.Terms) -> HoldRow | None:
        """Raise Conflict unless this reader may have this copy now; the hold that it is for."""
        if not terms.days:
            raise Conflict(
                "This copy is for reading here: it is not lent.", code="library.not_lent"
            )
        if copy.state == CopyState.ON_LOAN:
            raise Conflict("The copy is on loan: check it in first.", code="library.copy_is_out")
        if copy.state not in LENDING_STATES:
            raise Conflict(
                f"The copy is marked as {copy.state}: mark it found first.",
                code="library.copy_not_here",
            )
        mine = stock.open_holds(card).where(HoldRow.resource == copy.resource.number).first()
        if self._is_for_another(copy, mine):
            raise Conflict(
                "This copy is set aside for another reader.", code="library.held_for_another"
            )
        return mine

    def _is_for_another(self, copy: CopyRow, mine: HoldRow | None) -> bool:
        """Whether it is set aside for somebody else, or those who wait need every copy on the shelf."""
        if copy.state == CopyState.HELD:
            return mine is None or mine.copy is None or mine.copy.id != copy.id
        same = (CopyRow.resource == copy.resource.number) & (CopyRow.state == CopyState.AVAILABLE)
        waiting = stock.queue(copy.resource)
        if mine is not None:
            waiting = waiting.where(HoldRow.placed < mine.placed)
        return waiting.count() >= CopyRow.select().where(same).count()

    def _refuse_card(self, card: CardRow) -> None:
        if card.blocked:
            raise Conflict(f"This card is blocked: {card.blocked}", code="library.card_blocked")
        out = stock.open_loans(card)
        if out.where(LoanRow.due < self.now).exists():
            raise Conflict(
                "Something is overdue on this card: it comes back first.",
                code="library.has_overdue",
            )
        if out.count() >= self._settings.loans_at_once:
            raise Conflict(
                f"No more than {self._settings.loans_at_once} may be out at once.",
                code="library.too_many_loans",
            )

    def _refuse_hold(self, number: int, card: CardRow) -> None:
        holds = stock.open_holds(card)
        if holds.where(HoldRow.resource == number).exists():
            raise Conflict("There is a hold on this already.", code="library.already_held")
        if stock.open_loans(card).join(CopyRow).where(CopyRow.resource == number).exists():
            raise Conflict(
                "A copy of this is on loan to you already: renew it.", code="library.already_lent"
            )
        if holds.count() >= self._settings.holds_at_once:
            raise Conflict(
                f"No more than {self._settings.holds_at_once} holds at once.",
                code="library.too_many_holds",
            )

    def _close(self, loan: LoanRow) -> None:
        loan.returned = self.now
        loan.save(only=[LoanRow.returned])
        self._tell(events.LoanEnded, loan)

    def _move(self, copy: CopyRow, state: CopyState) -> None:
        copy.state = state
        copy.save(only=[CopyRow.state])

    def _tell(self, kind: type[events.LoanEvent], loan: LoanRow) -> None:
        self._hosted.emit(
            kind(
                loan_id=loan.id,
                resource_id=loan.copy.resource.id,
                account=loan.card.account if loan.card else None,
                due=loan.due,
            )
        )

    def _tell_hold(self, kind: type[events.HoldEvent], hold: HoldRow, **more: object) -> None:
        self._hosted.emit(
            kind(
                hold_id=hold.id,
                resource_id=hold.resource.id,
                account=hold.card.account,
                **more,  # type: ignore[arg-type]
            )
        )
