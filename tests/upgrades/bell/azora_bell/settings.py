"""Whether the bell is broken: its events are then parked."""

from pydantic import Field

from azora import Settings


class BellSettings(Settings):
    broken: bool = Field(False, description="Fail on every event.")
