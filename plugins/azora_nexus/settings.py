"""What a campus may choose about its events."""

from pydantic import Field

from azora.settings import Live, Settings
from azora.settings.model import Seconds


class NexusSettings(Settings):
    """`AZORA_NEXUS_…`"""

    keep_days: Live[dict[str, float]] = Field(
        {},
        description="Days for which events of a type are kept, where that is less than AZORA_EVENT_LOG_DAYS: "
        "`library.resource_added=30,identity.*=7`.",
    )
    webhook_first_pause: Live[Seconds] = Field(
        5.0,
        description="Seconds after which a webhook is tried again; later pauses grow from it, up to a day.",
    )
    webhook_timeout: Live[Seconds] = Field(
        15.0, description="Seconds within which a webhook has to answer."
    )
    webhook_attempts: Live[int] = Field(
        10, ge=1, le=100, description="How often a webhook is tried before its event is parked."
    )
    webhook_days: Live[float] = Field(
        5.0, ge=0, description="Days after which a webhook that took nothing is switched off."
    )
