"""What is asked about subscriptions from outside."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from azora import Event, ListReply, ListRequest, Reply, Request
from azora_nexus.journal.contracts import Expression, Pattern, WholeEvent


class WebhookDisabled(Event):
    """A webhook was switched off, because nobody took what was sent for too long."""

    key_field = "subscription"

    subscription: str
    name: str
    reason: str


class AddSubscription(Request):
    """A `webhook` is sent events as they come; a `reader` fetches them and says how far it is.

    It begins with what comes from now on, or at `offset`.
    """

    name: str = Field(min_length=1, max_length=80)
    kind: Literal["webhook", "reader"] = "webhook"
    address: str = Field("", max_length=2000, description="Where a webhook is sent to: https://…")
    type: Pattern = ""
    filter: Expression = ""
    offset: int | None = Field(
        None, ge=0, description="The first offset; without one, from now on."
    )


class SubscriptionRef(Request):
    id: str = Field(max_length=36)


class ListSubscriptions(ListRequest):
    """Subscriptions by name."""


class Subscription(Reply):
    """`offset` is the first that was not looked at; `behind` counts what the log has from there on."""

    id: str
    name: str
    kind: Literal["webhook", "reader"]
    address: str
    type: str
    filter: str
    state: Literal["active", "paused", "disabled"]
    reason: str
    offset: int
    behind: int
    waiting: int
    parked: int
    created: datetime


class Subscriptions(ListReply[Subscription]):
    """One page of subscriptions."""


class NewSecret(Reply):
    """The subscription and its secret, which is shown this once. A reader has none."""

    id: str
    secret: str


class Rewind(SubscriptionRef):
    """Go on from an offset, or from what was told since a moment; what was sent is sent again."""

    offset: int | None = Field(None, ge=0)
    since: datetime | None = None


class FetchEvents(SubscriptionRef):
    """What a reader has not confirmed yet, oldest first."""

    limit: int = Field(100, ge=1, le=500)
    wait: float = Field(0, ge=0, le=20, description="Seconds to wait where there is nothing yet.")


class FetchedEvents(Reply):
    """`next` is what to confirm once these were taken."""

    items: list[WholeEvent]
    next: int


class ConfirmEvents(SubscriptionRef):
    """Everything before this offset was taken."""

    offset: int = Field(ge=0)


class ListDeliveries(ListRequest):
    """What was sent to a webhook, the newest first."""

    id: str = Field(max_length=36)
    limit: int = Field(30, ge=1, le=200)


class Delivery(Reply):
    """`answer` is the beginning of what the other side said, or why nobody did."""

    delivery: str
    event: str
    type: str
    state: Literal["pending", "sent", "parked"]
    attempts: int
    status: int | None
    answer: str
    milliseconds: int | None
    due: datetime | None
    changed: datetime


class Deliveries(ListReply[Delivery]):
    """One page of a delivery log."""


class Resend(SubscriptionRef):
    """Send once more: one delivery, or, without one, all that are parked."""

    delivery: str = Field("", max_length=36)


class Resent(Reply):
    count: int
