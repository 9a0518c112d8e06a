"""The lending desk: cards, lending and taking back, and what runs late or stands ready."""

from datetime import UTC, datetime

from azora import Conflict, Service, operation
from azora.data.failures import unless_taken
from azora.data.keyset import paginate
from azora_library.circulation import contracts, domain, shown, stock
from azora_library.circulation.lending import Lending
from azora_library.circulation.models import CardRow, HoldRow, LoanRow

LEND = "library.lend"


class Desk(Service):
    """What a librarian does for readers."""

    @operation("POST /cards", permission=LEND)
    def issue_card(self, request: contracts.IssueCard) -> contracts.LibraryCard:
        """Issue a card: for an account, or by name alone"""
        taken = Conflict(
            "This number, or this account, has a card already.", code="library.card_taken"
        )
        with self.transaction(), unless_taken(taken):
            row = CardRow.create(
                number=request.number or domain.new_number("C"),
                account=request.account,
                name=request.name,
                created=datetime.now(UTC),
            )
        return shown.card(row)

    @operation("PATCH /cards/{number}", permission=LEND)
    def update_card(self, request: contracts.UpdateCard) -> contracts.LibraryCard:
        """Rename a card's holder, block the card with a reason, or lift that"""
        with self.transaction():
            row = stock.lock(self.hosted.database, stock.card_of(request.number))
            row.name = request.name or row.name
            row.blocked = row.blocked if request.blocked is None else request.blocked
            row.save(only=[CardRow.name, CardRow.blocked])
        return shown.card(row)

    @operation("GET /cards", permission=LEND)
    def find_cards(self, request: contracts.FindCards) -> contracts.CardList:
        """Find cards by the beginning of their number or name"""
        query = CardRow.select()
        if request.query:
            begins = CardRow.number.startswith(request.query.upper())
            query = query.where(begins | CardRow.name.startswith(request.query))
        rows, next_page = paginate(query, request, [CardRow.name])
        return contracts.CardList(items=list(map(shown.card, rows)), next=next_page)

    @operation("GET /cards/{number}", permission=LEND)
    def read_card(self, request: contracts.CardRef) -> contracts.Lent:
        """Read what the holder of a card has out and waits for"""
        return lent(stock.card_of(request.number))

    @operation("POST /loans", permission=LEND)
    def check_out(self, request: contracts.CheckOut) -> contracts.Loan:
        """Lend a copy to the holder of a card"""
        with self.transaction():
            loan = Lending(self.hosted).check_out(request.barcode, request.card)
        return shown.loan(loan)

    @operation("POST /returns", permission=LEND)
    def check_in(self, request: contracts.CheckIn) -> contracts.CheckedIn:
        """Take a copy back; the answer says where it goes"""
        with self.transaction():
            copy, _, late, hold = Lending(self.hosted).check_in(request.barcode)
        return contracts.CheckedIn(
            item=shown.item(copy),
            location=copy.location,
            shelfmark=copy.shelfmark,
            late=late,
            hold_for=hold.card.number if hold else None,
            hold_until=hold.until if hold else None,
        )

    @operation("GET /loans", permission=LEND)
    def list_loans(self, request: contracts.ListLoans) -> contracts.LoanList:
        """List what is out, the first due first"""
        query = shown.with_what_they_name(LoanRow.select()).where(LoanRow.returned.is_null())
        if request.card:
            query = query.where(LoanRow.card == stock.card_of(request.card).id)
        if request.overdue:
            query = query.where(LoanRow.due < datetime.now(UTC))
        rows, next_page = paginate(query, request, [LoanRow.due])
        return contracts.LoanList(items=list(map(shown.loan, rows)), next=next_page)

    @operation("GET /holds", permission=LEND)
    def list_holds(self, request: contracts.ListHolds) -> contracts.HoldList:
        """List the holds that stand ready, or those that wait"""
        query = HoldRow.select().where(HoldRow.state == request.state)
        rows, next_page = paginate(query, request, [HoldRow.placed])
        return contracts.HoldList(items=list(map(shown.hold, rows)), next=next_page)


def lent(card: CardRow) -> contracts.Lent:
    """Everything that the holder of a card has out and waits for."""
    loans = shown.with_what_they_name(stock.open_loans(card)).order_by(LoanRow.due)
    holds = stock.open_holds(card).order_by(HoldRow.placed)
    return contracts.Lent(
        card=shown.card(card),
        loans=list(map(shown.loan, loans)),
        holds=list(map(shown.hold, holds)),
    )
