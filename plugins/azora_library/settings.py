"""What a campus may choose about its library."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from azora.settings import Bytes, Live, Settings


class LibrarySettings(Settings):
    """`AZORA_LIBRARY_…`"""

    demo: bool = Field(True, description="Put a few dozen free works into a library that is new.")
    oai_name: str = Field(
        "Azora library", max_length=200, description="Name under which OAI-PMH harvesters know it."
    )
    oai_email: str = Field(
        "", max_length=200, description="Whom harvesters may write to; by default the postmaster."
    )
    doi_address: str = Field(
        "https://doi.org", description="Where DOIs are asked for; empty: they are not."
    )
    open_library: str = Field(
        "https://openlibrary.org", description="Where ISBNs are asked for first; empty: not there."
    )
    google_books: str = Field(
        "https://www.googleapis.com", description="Where they are asked for next; empty: not there."
    )
    lookup_days: Live[int] = Field(
        30, ge=0, description="Days for which what they said is believed without asking again."
    )
    facet_bound: Live[int] = Field(
        10_000,
        ge=100,
        description="Results that a search counts exactly; beyond, its answer says `exact: false`.",
    )
    unpacked_limit: Live[Bytes] = Field(
        1_000_000_000, description="Bytes that an EPUB may unpack to; a larger one is refused."
    )
    unpacked_ratio: Live[int] = Field(
        100, ge=2, description="How many times its own size an EPUB may unpack to."
    )
    settle_seconds: Live[int] = Field(
        120,
        ge=0,
        description="Age at which a resource is new to saved searches: no transaction takes longer.",
    )
    time_zone: str = Field(
        "Africa/Johannesburg", description="The library's time zone: loans end with a day there."
    )
    loans_at_once: Live[int] = Field(10, ge=1, description="Copies that one person may have out.")
    holds_at_once: Live[int] = Field(
        10, ge=1, description="Resources that one person may wait for."
    )
    keep_holds: Live[int] = Field(
        3, ge=1, description="Days for which a copy stands ready for whoever waited for it."
    )
    due_notice: Live[int] = Field(
        2, ge=0, description="Days before its day that a loan is reminded of."
    )
    keep_loans: Live[int] = Field(
        30, ge=0, description="Days after which it is forgotten who borrowed what came back."
    )

    keep_drafts: Live[int] = Field(
        30, ge=1, le=3650, description="Days for which what is typed and not saved is kept."
    )

    bulk_edit_at_most: Live[int] = Field(
        50_000, ge=1, description="Records that one bulk edit may change."
    )
    undo_bulk_edits: Live[int] = Field(
        7, ge=0, le=365, description="Days for which a bulk edit can be undone."
    )

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("no such time zone: write it as Africa/Johannesburg") from None
        return name
