"""What subscriptions from outside bring to nexus."""

from azora import ErrorCode, Job
from azora.room import Room
from azora_nexus.subscriptions.contracts import WebhookDisabled
from azora_nexus.subscriptions.models import TABLES
from azora_nexus.subscriptions.pages import PAGES
from azora_nexus.subscriptions.reading import Readers
from azora_nexus.subscriptions.service import Subscriptions

ROOM = Room(
    services=[Subscriptions, Readers],
    events=[WebhookDisabled],
    errors=[
        ErrorCode(
            "nexus.subscription_not_found",
            404,
            "There is no such subscription: somebody took it away.",
            "List the subscriptions.",
        ),
        ErrorCode(
            "nexus.name_taken", 409, "Another subscription has this name.", "Choose another name."
        ),
        ErrorCode(
            "nexus.not_a_reader",
            409,
            "Events are sent to a webhook; it does not fetch them.",
            "Add a subscription of the kind `reader`.",
        ),
        ErrorCode(
            "nexus.subscription_paused",
            409,
            "Somebody paused the subscription.",
            "Resume it, then fetch again.",
        ),
    ],
    pages=PAGES,
    tables=TABLES,
    jobs=[Job("forget_deliveries", "53 2 * * *")],
)
