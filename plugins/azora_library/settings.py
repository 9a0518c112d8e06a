"""What a campus may choose about its library."""

from pydantic import Field

from azora.settings import Settings


class LibrarySettings(Settings):
    """`AZORA_LIBRARY_…`"""

    demo: bool = Field(True, description="Put a few dozen free works into a library that is new.")
    facet_bound: int = Field(
        10_000,
        ge=100,
        description="Results that a search counts exactly; beyond, its answer says `exact: false`.",
    )
