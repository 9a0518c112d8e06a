"""Lending's rows as its replies show them."""

from datetime import UTC, datetime
from typing import Any

import peewee

from azora_library.catalogue.models import ResourceRow
from azora_library.circulation import contracts, stock
from azora_library.circulation.domain import CopyState, HoldState
from azora_library.circulation.models import CardRow, CopyRow, HoldRow, LoanRow, PolicyRow


def policy(row: PolicyRow) -> contracts.Policy:
    return contracts.Policy(name=row.name, days=row.days, renewals=row.renewals)


def copy(row: CopyRow, due: datetime | None = None) -> contracts.Copy:
    return contracts.Copy(
        barcode=row.barcode,
        location=row.location,
        shelfmark=row.shelfmark,
        policy=row.policy.name,
        lendable=row.policy.days > 0,
        state=row.state,
        due=due,
        note=row.note,
    )


def copies(resource: ResourceRow, reader: CardRow | None) -> contracts.Copies:
    """The copies of a resource as a reader sees them: what is withdrawn is not shown."""
    rows = (
        CopyRow.select(CopyRow, PolicyRow)
        .join(PolicyRow)
        .where((CopyRow.resource == resource.number) & (CopyRow.state != CopyState.WITHDRAWN))
        .order_by(CopyRow.location, CopyRow.shelfmark, CopyRow.barcode)
    )
    out = LoanRow.copy.in_([row.id for row in rows]) & LoanRow.returned.is_null()
    due: dict[str, datetime] = dict(
        LoanRow.select(LoanRow.copy, LoanRow.due).where(out).tuples()  # type: ignore[arg-type]
    )
    hold = reader and stock.open_holds(reader).where(HoldRow.resource == resource.number).first()
    return contracts.Copies(
        items=[copy(row, due.get(row.id)) for row in rows],
        available=sum(row.state == CopyState.AVAILABLE and row.policy.days > 0 for row in rows),
        waiting=stock.queue(resource).count(),
        mine=hold.id if hold else None,
    )


def card(row: CardRow) -> contracts.LibraryCard:
    loans = stock.open_loans(row)
    return contracts.LibraryCard(
        number=row.number,
        name=row.name,
        account=row.account,
        blocked=row.blocked,
        loans=loans.count(),
        overdue=loans.where(LoanRow.due < datetime.now(UTC)).count(),
    )


def item(row: CopyRow) -> contracts.Item:
    return contracts.Item(
        barcode=row.barcode, resource_id=row.resource.id, title=row.resource.title
    )


def with_what_they_name(loans: Any) -> Any:
    """The loans of a query with copy, terms, resource and card in one reading."""
    return (
        loans.select(LoanRow, CopyRow, PolicyRow, ResourceRow, CardRow)
        .join_from(LoanRow, CopyRow)
        .join_from(CopyRow, PolicyRow)
        .join_from(CopyRow, ResourceRow)
        .join_from(LoanRow, CardRow, peewee.JOIN.LEFT_OUTER)
    )


def loan(row: LoanRow) -> contracts.Loan:
    return contracts.Loan(
        id=row.id,
        item=item(row.copy),
        card=row.card.number if row.card else "",
        name=row.card.name if row.card else "",
        started=row.started,
        due=row.due,
        overdue=row.due < datetime.now(UTC),
        renewals=max(0, row.copy.policy.renewals - row.renewals),
    )


def hold(row: HoldRow) -> contracts.Hold:
    waiting = row.state == HoldState.WAITING
    before = stock.queue(row.resource).where(HoldRow.placed < row.placed) if waiting else None
    return contracts.Hold(
        id=row.id,
        resource_id=row.resource.id,
        title=row.resource.title,
        card=row.card.number,
        name=row.card.name,
        state=row.state,
        placed=row.placed,
        position=before.count() + 1 if before is not None else None,
        until=row.until,
    )
