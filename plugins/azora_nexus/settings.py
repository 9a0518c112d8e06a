"""What a campus may choose about its events."""

from pydantic import Field

from azora.settings import Live, Settings


class NexusSettings(Settings):
    """`AZORA_NEXUS_…`"""

    keep_days: Live[dict[str, float]] = Field(
        {},
        description="Days for which events of a type are kept, where that is less than AZORA_EVENT_LOG_DAYS: "
        "`library.resource_added=30,identity.*=7`.",
    )
