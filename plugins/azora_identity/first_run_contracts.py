"""What the page for setting up an empty campus is asked and answers, and what it changes elsewhere."""

from typing import Annotated, Literal

from pydantic import Field

from azora import Reply, Request, needs
from azora_identity.contracts import Email, Line, Password


class FirstRunKey(Request):
    token: str = Field("", max_length=100, repr=False)


class FirstRunState(Reply):
    """`open`: this address sets the campus up; `done`: it has been; `unknown`: another address does."""

    state: Literal["open", "done", "unknown"]


class BeginCampus(FirstRunKey):
    """The campus's name and language, and its first administrator."""

    campus_name: Annotated[Line, Field(max_length=80)]
    language: Literal["en", "zu"]
    name: Line
    email: Email
    new_password: Password


class ChangeSetting(Request):
    """What the campus's settings read of a change."""

    section: str = "campus"
    name: str
    value: str


@needs("web", optional=True)
class CampusSettings:
    """Where the campus keeps its own name and language."""

    def change_setting(self, request: ChangeSetting) -> None: ...
