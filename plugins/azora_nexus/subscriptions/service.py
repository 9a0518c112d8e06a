"""Subscriptions from outside: add, pause, resume, rewind, look what was sent, take them away."""

import time
from datetime import UTC, datetime, timedelta

from azora import Conflict, Invalid, Request, Service, operation
from azora.data.failures import unless_taken
from azora.data.keyset import paginate
from azora.errors import FieldError
from azora_nexus.filters.cesql import filter_of
from azora_nexus.handlers.contracts import MANAGE
from azora_nexus.journal.contracts import KEEP, READ
from azora_nexus.journal.models import EventRow
from azora_nexus.journal.positions import end_of_log
from azora_nexus.journal.reading import moment
from azora_nexus.subscriptions import contracts, rows
from azora_nexus.subscriptions.models import DeliveryRow, SubscriptionRow
from azora_nexus.subscriptions.signing import new_secret

_ONE = "/subscriptions/{id}"
_KEPT = timedelta(days=30)


class Subscriptions(Service):
    """Who outside wants what."""

    @operation("POST /subscriptions", permission=MANAGE)
    def add_subscription(self, request: contracts.AddSubscription) -> contracts.NewSecret:
        """Add a subscription; its secret is shown once."""
        filter_of(request.filter)
        if request.kind == "webhook":
            _check_address(request.address)
        self.audit(on=request.name, after={"address": request.address})
        secret = new_secret() if request.kind == "webhook" else ""
        offset = end_of_log() if request.offset is None else request.offset
        taken = Conflict("There is a subscription of this name.", code="nexus.name_taken")
        with self.transaction(), unless_taken(taken):
            row = SubscriptionRow.create(
                name=request.name,
                kind=request.kind,
                address=request.address,
                types=request.type,
                expression=request.filter,
                state="active",
                reason="",
                place=offset,
                secret=rows.sealer(self.hosted).seal(secret),
                created_by=self.actor.id,
                created=datetime.now(UTC),
            )
        return contracts.NewSecret(id=row.id, secret=secret)

    @operation("GET /subscriptions", permission=READ)
    def list_subscriptions(self, request: contracts.ListSubscriptions) -> contracts.Subscriptions:
        """List subscriptions from outside, by name."""
        found, following = paginate(SubscriptionRow.select(), request, [SubscriptionRow.name])
        return contracts.Subscriptions(items=[_shown(row) for row in found], next=following)

    @operation(f"GET {_ONE}", permission=READ)
    def read_subscription(self, request: contracts.SubscriptionRef) -> contracts.Subscription:
        """Read one subscription."""
        return _shown(rows.find(request.id))

    @operation(f"DELETE {_ONE}", permission=MANAGE)
    def remove_subscription(self, request: contracts.SubscriptionRef) -> None:
        """Take a subscription away, with the log of what was sent to it."""
        row = rows.find(request.id)
        self.audit(on=row.name)
        with self.transaction():
            DeliveryRow.delete().where(DeliveryRow.subscription == row.id).execute()
            row.delete_instance()

    @operation(f"POST {_ONE}/pause", permission=MANAGE, idempotent=True)
    def pause_subscription(self, request: contracts.SubscriptionRef) -> contracts.Subscription:
        """Send nothing until it is resumed; what comes meanwhile waits in the log."""
        return self._become(request.id, state="paused", reason="")

    @operation(f"POST {_ONE}/resume", permission=MANAGE, idempotent=True)
    def resume_subscription(self, request: contracts.SubscriptionRef) -> contracts.Subscription:
        """Go on, also with a webhook that was switched off because nobody took what was sent."""
        return self._become(request.id, state="active", reason="", failing_since=None)

    @operation(f"POST {_ONE}/rewind", permission=MANAGE, idempotent=True)
    def rewind_subscription(self, request: contracts.Rewind) -> contracts.Subscription:
        """Go on from another place of the log; what was sent from there on is sent again."""
        place = request.offset if request.offset is not None else 0
        if request.since is not None:
            place = rows.place_since(request.since)
        return self._become(request.id, place=place)

    @operation(f"POST {_ONE}/secret", permission=MANAGE)
    def rotate_secret(self, request: contracts.SubscriptionRef) -> contracts.NewSecret:
        """Make a new secret, shown once. For a day what is sent is signed with the old one as well."""
        row, secret = rows.find(request.id), new_secret()
        self.audit(on=row.name)
        with self.transaction():
            SubscriptionRow.update(
                secret=rows.sealer(self.hosted).seal(secret),
                old_secret=row.secret,
                old_until=datetime.now(UTC) + rows.OLD_SECRET,
            ).where(SubscriptionRow.id == row.id).execute()
        return contracts.NewSecret(id=row.id, secret=secret)

    @operation(f"GET {_ONE}/deliveries", permission=READ)
    def list_deliveries(self, request: contracts.ListDeliveries) -> contracts.Deliveries:
        """List what was sent to a webhook, the newest first."""
        row = rows.find(request.id)
        query = DeliveryRow.select().where(DeliveryRow.subscription == row.id)
        found, following = paginate(query, request, [DeliveryRow.place.desc()])
        return contracts.Deliveries(items=[_delivery(one) for one in found], next=following)

    @operation(f"POST {_ONE}/resend", permission=MANAGE)
    def resend(self, request: contracts.Resend) -> contracts.Resent:
        """Send one delivery again, or all that are parked."""
        row = rows.find(request.id)
        self.audit(on=f"{row.name} {request.delivery or 'parked'}")
        with self.transaction():
            return contracts.Resent(count=rows.release(row, time.time(), request.delivery))

    @operation("POST /deliveries/forgetting", permission=KEEP, http=False, idempotent=True)
    def forget_deliveries(self, request: Request) -> contracts.Resent:
        """Forget what was sent or given up long ago; a job, each night"""
        old = DeliveryRow.changed < datetime.now(UTC) - _KEPT
        with self.transaction():
            gone = DeliveryRow.delete().where(DeliveryRow.state != "pending", old).execute()
        return contracts.Resent(count=gone)

    def _become(self, id_: str, **facts: object) -> contracts.Subscription:
        row = rows.find(id_)
        self.audit(on=row.name, after={name: str(value) for name, value in facts.items()})
        with self.transaction():
            SubscriptionRow.update(**facts).where(SubscriptionRow.id == row.id).execute()
        return _shown(rows.find(id_))


def _check_address(address: str) -> None:
    if not address.startswith(("https://", "http://")):
        problem = FieldError(
            field="address", code="nexus.malformed", detail="Write it as https://example.org/hook."
        )
        raise Invalid("Some fields are not right.", fields=[problem])


def _shown(row: SubscriptionRow) -> contracts.Subscription:
    return contracts.Subscription(
        id=row.id,
        name=row.name,
        kind=row.kind,
        address=row.address,
        type=row.types,
        filter=row.expression,
        state=row.state,
        reason=row.reason,
        offset=row.place,
        behind=EventRow.select().where(EventRow.place >= row.place).count(),
        waiting=rows.count(row, "pending"),
        parked=rows.count(row, "parked"),
        created=row.created,
    )


def _delivery(row: DeliveryRow) -> contracts.Delivery:
    return contracts.Delivery(
        delivery=row.id,
        event=row.event,
        type=row.type,
        state=row.state,
        attempts=row.attempts,
        status=row.status,
        answer=row.answer,
        milliseconds=row.milliseconds,
        due=moment(row.due) if row.state == "pending" else None,
        changed=row.changed,
    )
