"""What looking up offers: its request and reply."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from azora import Reply, Request
from azora_library.catalogue.contracts import Card, Description
from azora_library.catalogue.fields import Prose
from azora_library.lookup.identifiers import Kind


class LookUp(Request):
    what: Annotated[Prose, StringConstraints(max_length=2000)] = Field(
        "", description="An ISBN, a DOI or an address of the web.", examples=["978-0-435-90834-8"]
    )


class LookedUp(Reply):
    """What is known of an identifier elsewhere, and whether it is here already.

    `problem` says in plain words why nothing was found; nothing is ever lost by that.
    """

    kind: Kind | None = None
    value: str | None = None
    record: Description | None = None
    source: str | None = Field(None, description="Who says so, by name.")
    told: datetime | None = Field(None, description="When they said so.")
    here: list[Card] = Field([], description="Resources that have this identifier.")
    problem: str | None = None


class ForgetLookups(Request):
    """No choice to make."""


class LookupsForgotten(Reply):
    forgotten: int
