"""The settings of the campus's own HTTPS: section `tls` of azora.toml, or AZORA_TLS_… in the environment."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

from pydantic import Field, ValidationInfo, field_validator

from azora.settings.model import Settings

if TYPE_CHECKING:
    from azora.settings import CampusSettings


class TlsSettings(Settings):
    """What an operator may say about HTTPS where no proxy stands in front."""

    enabled: bool = Field(False, description="Serve HTTPS, as `azora up --tls` does.")
    certificate: Path | None = Field(
        None,
        description="Certificate in PEM, with those that lead to its root; without it one is made.",
    )
    key: Path | None = Field(None, description="The certificate's private key in PEM.")
    names: list[str] = Field(
        [],
        description="Further host names and addresses for the certificate that is made: `school.lan`.",
    )
    redirect_port: int | None = Field(
        None,
        ge=0,
        le=65535,
        description="Port on which plain HTTP is sent on to HTTPS, such as 80; else none.",
    )

    @field_validator("key")
    @classmethod
    def _belongs_to_a_certificate(cls, key: Path | None, given: ValidationInfo) -> Path | None:
        if (given.data.get("certificate") is None) != (key is None):
            raise ValueError("certificate and key belong together: give both or neither")
        return key

    @property
    def made(self) -> bool:
        """Whether the campus makes its certificate itself."""
        return self.certificate is None


def tls_settings(campus: "CampusSettings") -> TlsSettings:
    """What the campus's settings say about HTTPS."""
    from azora.settings import load_section

    return cast(TlsSettings, load_section("tls", campus))
