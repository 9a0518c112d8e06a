"""Subscriptions as they are kept: found, moved along the log, switched off."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import peewee

from azora import NotFound
from azora_nexus.journal.models import EventRow
from azora_nexus.journal.positions import end_of_log
from azora_nexus.subscriptions.models import DeliveryRow, SubscriptionRow
from azora_nexus.subscriptions.signing import Sealer

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

OLD_SECRET = timedelta(hours=24)
"""For so long what is sent is signed with the old secret as well."""


def sealer(plugin: "HostedPlugin") -> Sealer:
    return Sealer(plugin.secret("webhook secrets"))


def find(id_: str) -> SubscriptionRow:
    """Raises NotFound."""
    row: SubscriptionRow | None = SubscriptionRow.get_or_none(SubscriptionRow.id == id_)
    if row is None:
        raise NotFound("There is no such subscription.", code="nexus.subscription_not_found")
    return row


def secrets(row: SubscriptionRow, seal: Sealer) -> list[str]:
    """The secrets that are good now, the newest first."""
    found = [seal.open(row.secret)]
    if row.old_secret and row.old_until and row.old_until > datetime.now(UTC):
        found.append(seal.open(row.old_secret))
    return found


def place_since(moment: datetime) -> int:
    """The offset of the first event that was told at or after a moment."""
    first = (
        EventRow.select(peewee.fn.MIN(EventRow.place))
        .where(EventRow.at >= moment.timestamp())
        .scalar()
    )
    return int(first) if first is not None else end_of_log()


def count(row: SubscriptionRow, state: str) -> int:
    """How many deliveries of a webhook are in a state."""
    return int(
        DeliveryRow.select()
        .where(DeliveryRow.subscription == row.id, DeliveryRow.state == state)
        .count()
    )


def release(row: SubscriptionRow, now: float, delivery: str = "") -> int:
    """Send one delivery again, or all that are parked; in the open transaction."""
    mine = DeliveryRow.subscription == row.id
    which = DeliveryRow.id == delivery if delivery else DeliveryRow.state == "parked"
    again = DeliveryRow.update(state="pending", attempts=0, due=now, changed=datetime.now(UTC))
    return int(again.where(mine & which).execute())


def disable(row: SubscriptionRow, reason: str) -> bool:
    """Switch a webhook off, in the open transaction; whether it was on."""
    update = SubscriptionRow.update(state="disabled", reason=reason)
    active = (SubscriptionRow.id == row.id) & (SubscriptionRow.state == "active")
    return bool(update.where(active).execute())
