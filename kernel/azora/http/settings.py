"""The settings of the gateway: section `http` of azora.toml, or AZORA_HTTP_… in the environment."""

from pydantic import Field

from azora.settings.model import Bytes, Seconds, Settings


class HttpSettings(Settings):
    """What an operator may change about HTTP."""

    trusted_proxies: int = Field(
        0,
        ge=0,
        le=10,
        description="How many proxies in front add to X-Forwarded-For; others' headers are not believed.",
    )
    cors_origins: list[str] = Field(
        [],
        description="Other origins whose pages may call the API, exactly as https://app.example.",
    )
    frame_ancestors: list[str] = Field(
        [], description="Other origins that may frame our pages, as a learning platform (LTI) does."
    )
    rate_limit: int = Field(
        1200,
        ge=0,
        description="Requests a minute from each address not signed in; 0 does not count.",
    )
    rate_limit_signed_in: int = Field(
        3000, ge=0, description="Requests a minute from each signed-in actor; 0 does not count."
    )
    header_timeout: Seconds = Field(
        10.0, description="Seconds that a client may take to send its headers."
    )
    body_timeout: Seconds = Field(
        30.0, description="Seconds that a client may send nothing of its body."
    )
    idle_timeout: Seconds = Field(
        75.0, description="Seconds that a silent connection is kept open."
    )
    send_timeout: Seconds = Field(
        30.0, description="Seconds after which a client that reads nothing is dropped."
    )
    max_header: Bytes = Field(
        32_768, description="All header lines of a request together, in bytes."
    )
    max_url: Bytes = Field(8_192, description="The longest address, in bytes.")
    max_connections: int = Field(4_000, ge=1, description="Open connections of one process.")
