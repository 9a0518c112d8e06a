"""What figures offer: their requests and replies."""

from typing import Annotated

from pydantic import Field, StringConstraints

from azora import Reply, Request
from azora_library.catalogue.contracts import Token
from azora_library.catalogue.fields import ResourceId

Month = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$"), Field(examples=["2026-11"])
]


class Period(Request):
    since: Month | None = Field(
        None, description="The first month; without one, eleven before the last."
    )
    until: Month | None = Field(None, description="The last month; without one, this month.")


class ReadFigures(Period):
    id: ResourceId
    token: Token = None


class MonthUse(Reply):
    month: str
    views: int
    downloads: int


class Figures(Reply):
    """Each month of the period, also those in which nothing was used."""

    items: list[MonthUse]


class ListFigures(Period):
    """The whole library by month."""


class ExportFigures(Period):
    """Each resource by month, as CSV."""


class ForgetVisitors(Request):
    """No choice to make."""


class VisitorsForgotten(Reply):
    forgotten: int
