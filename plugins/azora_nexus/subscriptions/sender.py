"""Sends what is due to webhooks: signed, tried again with growing pauses, at last parked."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from azora.data.leases import Lease
from azora.errors import AzoraError
from azora.events.log import EventLog, Logged
from azora_nexus.journal.reading import silent
from azora_nexus.journal.retention import is_kept
from azora_nexus.subscriptions import rows
from azora_nexus.subscriptions.contracts import WebhookDisabled
from azora_nexus.subscriptions.models import DeliveryRow, SubscriptionRow
from azora_nexus.subscriptions.signing import body_of, headers

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

WIDTH = 8
IDLE = 0.2
MARGIN = 5.0
"""Seconds beyond its time-out after which a sending whose process ended is taken up again."""
LEASE = 5.0
PATIENCE = 5.0
GONE = 410
PAUSES = (1, 60, 360, 1440, 3600, 7200, 10_080, 14_400, 17_280)
"""How many times the first pause each further one takes, as Standard Webhooks recommends."""
_ANSWER = 500


class Outcome(NamedTuple):
    status: int | None
    words: str
    milliseconds: int

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Sender:
    """One of several replicas sends at a time, several deliveries side by side."""

    def __init__(self, plugin: "HostedPlugin", log: EventLog) -> None:
        self._plugin = plugin
        self._log = log
        self._lease = Lease(plugin.database, "nexus sender", LEASE)
        self._pool = ThreadPoolExecutor(WIDTH)
        self._near: dict[int, Logged] = {}

    def round(self) -> None:
        """Send what is due now, or rest a little."""
        due = self._due() if self._lease.take() else []
        if not due:
            time.sleep(IDLE)
            return
        events = [self._event(delivery.place) for delivery in due]
        self._claim(due)
        seal = rows.sealer(self._plugin)
        known = {row.id: row for row in SubscriptionRow.select()}
        work = []
        for delivery, logged in zip(due, events, strict=True):
            row = known[delivery.subscription]
            work.append((row, delivery, logged, rows.secrets(row, seal)))
        for (row, delivery, *_), outcome in zip(
            work, self._pool.map(lambda one: self._send(*one), work), strict=True
        ):
            self._note(row, delivery, outcome)

    def _due(self) -> list[DeliveryRow]:
        """Due deliveries of active webhooks."""
        active = SubscriptionRow.select(SubscriptionRow.id).where(SubscriptionRow.state == "active")
        query = DeliveryRow.select().where(
            DeliveryRow.state == "pending",
            DeliveryRow.due <= time.time(),
            DeliveryRow.subscription.in_(active),
        )
        return list(query.order_by(DeliveryRow.place).limit(WIDTH))

    def _claim(self, due: list[DeliveryRow]) -> None:
        """Count them as tried before they are; nobody else sends them meanwhile."""
        until = time.time() + self._plugin.settings.webhook_timeout + MARGIN
        tried = DeliveryRow.update(attempts=DeliveryRow.attempts + 1, due=until)
        with self._plugin.database.transaction():
            tried.where(DeliveryRow.id.in_([one.id for one in due])).execute()

    def _event(self, place: int) -> Logged | None:
        """The event at a place of the log, None where it was forgotten. Raises Unavailable.

        Those behind it are kept, since they are likely to be next.
        """
        if place not in self._near:
            with self._log.reader(place) as reader:
                self._near = {one.offset: one for one in reader.take(100, PATIENCE)}
            if not self._near:
                raise silent()
        logged = self._near.get(place)
        return logged if logged and is_kept(self._plugin, logged.envelope) else None

    def _send(
        self, row: SubscriptionRow, delivery: DeliveryRow, logged: Logged | None, keys: list[str]
    ) -> Outcome:
        if logged is None:
            return Outcome(None, "the log has forgotten this event", 0)
        began, body = time.monotonic(), body_of(logged.envelope)
        signed = headers(delivery.event, body, time.time(), keys)
        try:
            answer = self._plugin.outbound.post(
                row.address, body, signed, timeout=self._plugin.settings.webhook_timeout
            )
            status, words = answer.status, answer.body[:_ANSWER].decode("utf-8", "replace")
        except AzoraError as error:
            status, words = None, error.detail or error.code
        took = round((time.monotonic() - began) * 1000)
        return Outcome(status, words.replace("\0", "")[:_ANSWER], took)

    def _note(self, row: SubscriptionRow, delivery: DeliveryRow, outcome: Outcome) -> None:
        """Write what became of it, and judge the webhook by it."""
        attempts = delivery.attempts + 1
        state, due = self._after(outcome, attempts)
        now = datetime.now(UTC)
        with self._plugin.transaction():
            DeliveryRow.update(
                state=state,
                due=due,
                status=outcome.status,
                answer=outcome.words,
                milliseconds=outcome.milliseconds,
                changed=now,
            ).where(DeliveryRow.id == delivery.id, DeliveryRow.state == "pending").execute()
            self._judge(row, outcome, now)

    def _after(self, outcome: Outcome, attempts: int) -> tuple[str, float]:
        settings, now = self._plugin.settings, time.time()
        if outcome.taken:
            return "sent", now
        if attempts >= settings.webhook_attempts:
            return "parked", now
        factor = PAUSES[min(attempts, len(PAUSES)) - 1]
        return "pending", now + settings.webhook_first_pause * factor * random.uniform(0.8, 1.2)

    def _judge(self, row: SubscriptionRow, outcome: Outcome, now: datetime) -> None:
        """Switch a webhook off that is gone, or that took nothing for days; say so as an event."""
        same = SubscriptionRow.id == row.id
        if outcome.taken:
            SubscriptionRow.update(failing_since=None).where(same).execute()
            return
        first = SubscriptionRow.failing_since.is_null()
        SubscriptionRow.update(failing_since=now).where(same & first).execute()
        since = SubscriptionRow.get_by_id(row.id).failing_since or now
        days = (now - since).total_seconds() / 86_400
        if outcome.status == GONE:
            reason = "The address answered 410 Gone."
        elif days >= self._plugin.settings.webhook_days:
            reason = f"Nothing was taken since {since:%Y-%m-%d %H:%M} UTC: {outcome.status or outcome.words}"
        else:
            return
        if rows.disable(row, reason):
            self._plugin.emit(
                WebhookDisabled(subscription=row.id, name=row.name, reason=reason[:500])
            )
