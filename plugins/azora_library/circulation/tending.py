"""What time does to loans and holds: reminders, holds that nobody fetched, and forgetting."""

from datetime import UTC, datetime, timedelta

from azora import Service, operation
from azora_library.circulation import contracts, stock
from azora_library.circulation.domain import OPEN_HOLD, HoldState, Stage, stage
from azora_library.circulation.lending import Lending
from azora_library.circulation.models import HoldRow, LoanRow

AT_ONCE = 100
"""Rows looked at in one go; each is changed in a transaction of its own, so nobody waits long."""


class Tending(Service):
    @operation("POST /lending/tending", permission="library.lend", http=False, timeout=600)
    def tend_loans(self, request: contracts.TendLoans) -> contracts.Tended:
        """Remind of what is due, end holds that nobody fetched, forget who borrowed what"""
        now = datetime.now(UTC)
        told = self._remind(now)
        return contracts.Tended(
            due_soon=told.count(Stage.DUE_SOON),
            overdue=told.count(Stage.OVERDUE),
            expired=self._expire(now),
            forgotten=self._forget(now - timedelta(days=self.settings.keep_loans)),
        )

    def _remind(self, now: datetime) -> list[Stage]:
        soon = now + timedelta(days=self.settings.due_notice)
        open_ones = LoanRow.returned.is_null()
        ripe = (LoanRow.due < now) & (LoanRow.told != Stage.OVERDUE)
        ripe |= (LoanRow.due < soon) & (LoanRow.told == Stage.RUNNING)
        told = []
        while rows := list(LoanRow.select().where(open_ones & ripe).limit(AT_ONCE)):
            told += [one for row in rows if (one := self._tell(row.id, now))]
        return told

    def _tell(self, id: str, now: datetime) -> Stage | None:
        with self.transaction():
            row = stock.lock(self.hosted.database, LoanRow.get_by_id(id))
            reached = stage(now, row.due, self.settings.due_notice)
            if row.returned or row.told == reached or reached == Stage.RUNNING:
                return None
            Lending(self.hosted, now).tell_stage(row, reached)
            return reached

    def _expire(self, now: datetime) -> int:
        ripe = (HoldRow.state == HoldState.READY) & (HoldRow.until < now)
        expired = 0
        for found in HoldRow.select().where(ripe):
            with self.transaction():
                stock.lock(self.hosted.database, found.resource)
                row = HoldRow.get_or_none((HoldRow.id == found.id) & ripe)
                if row:
                    Lending(self.hosted, now).end_hold(row, HoldState.EXPIRED)
                    expired += 1
        return expired

    def _forget(self, before: datetime) -> int:
        """Loans stay for statistics, without the card; holds go."""
        with self.transaction():
            returned = LoanRow.card.is_null(False) & (LoanRow.returned < before)
            ended = HoldRow.state.not_in(OPEN_HOLD) & (HoldRow.ended < before)
            return (
                LoanRow.update(card=None).where(returned).execute()
                + HoldRow.delete().where(ended).execute()
            )
