"""Subscriptions that fetch: what they have not confirmed yet, and how far they are."""

from azora import Conflict, Service, operation
from azora_nexus.journal.contracts import READ, ReadLog
from azora_nexus.journal.stretch import stretch
from azora_nexus.subscriptions import contracts, rows
from azora_nexus.subscriptions.models import SubscriptionRow


class Readers(Service):
    """The place of a reader is kept here, so that it may begin again on another machine."""

    @operation("GET /subscriptions/{id}/events", permission=READ, timeout=40)
    def fetch_events(self, request: contracts.FetchEvents) -> contracts.FetchedEvents:
        """Fetch what a reader has not confirmed yet; wait for what comes where you ask so."""
        row = _reader(request.id)
        asked = ReadLog(
            offset=row.place,
            limit=request.limit,
            type=row.types,
            filter=row.expression,
            wait=request.wait,
        )
        page = stretch(self.hosted, asked)
        return contracts.FetchedEvents(items=page.items, next=page.next)

    @operation("POST /subscriptions/{id}/confirm", permission=READ, idempotent=True)
    def confirm_events(self, request: contracts.ConfirmEvents) -> None:
        """Say that everything before an offset was taken."""
        row = _reader(request.id)
        with self.transaction():
            SubscriptionRow.update(place=request.offset).where(
                SubscriptionRow.id == row.id
            ).execute()


def _reader(id_: str) -> SubscriptionRow:
    row = rows.find(id_)
    if row.kind != "reader":
        raise Conflict("This is a webhook: events are sent to it.", code="nexus.not_a_reader")
    if row.state != "active":
        raise Conflict("This subscription is paused.", code="nexus.subscription_paused")
    return row
