"""What nexus knows of people: who asked for a replay, and who added a subscription. Events name them by id."""

from typing import TYPE_CHECKING

from azora_nexus.replays.models import ReplayRow
from azora_nexus.subscriptions.models import SubscriptionRow

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin


def erase(plugin: "HostedPlugin", subject: str) -> str:
    """Forget who asked; what was asked for stays."""
    ids = _actor_ids(subject)
    with plugin.transaction():
        forgotten = [
            column.model.update({column: ""}).where(column.in_(ids)).execute()
            for column in (ReplayRow.asked_by, SubscriptionRow.created_by)
        ]
    return "erased" if any(forgotten) else "none"


def export(subject: str) -> dict[str, object]:
    """The replays and subscriptions that this person asked for."""
    ids = _actor_ids(subject)
    replays = ReplayRow.select().where(ReplayRow.asked_by.in_(ids)).order_by(ReplayRow.asked)
    added = SubscriptionRow.select().where(SubscriptionRow.created_by.in_(ids))
    return {
        "replays": [
            {"id": row.id, "handler": f"{row.plugin}.{row.handler}", "asked": row.asked.isoformat()}
            for row in replays
        ],
        "subscriptions": [
            {"id": row.id, "name": row.name, "created": row.created.isoformat()}
            for row in added.order_by(SubscriptionRow.name)
        ],
    }


def _actor_ids(subject: str) -> tuple[str, str]:
    return subject, f"user:{subject}"
