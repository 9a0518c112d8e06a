"""The settings of outbound requests: section `outbound` of azora.toml, or AZORA_OUTBOUND_…."""

from pathlib import Path

from pydantic import Field, field_validator

from azora.outbound.addresses import Inside
from azora.settings.model import Bytes, Seconds, Settings


class OutboundSettings(Settings):
    """What an operator may say about requests that leave the campus."""

    inside: list[str] = Field(
        [],
        description="Names and networks of your own that may be asked all the same: `dspace.school.lan`, "
        "`10.1.0.0/16`. Without them only public addresses are.",
    )
    timeout: Seconds = Field(
        20.0, description="Seconds that one answer may take, redirects and all."
    )
    max_answer: Bytes = Field(
        20_000_000, description="Bytes of one answer, unpacked; what is longer is not read on."
    )
    ca_file: Path | None = Field(
        None, description="Certificate authorities in PEM, trusted in place of the system's."
    )

    @field_validator("inside")
    @classmethod
    def _readable(cls, inside: list[str]) -> list[str]:
        Inside.of(inside)
        return inside
