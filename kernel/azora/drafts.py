"""Drafts of forms: what a plugin that keeps them is asked, and what it answers.

A page's form names the operations that keep its drafts (`azora.page.Drafts`); these are their requests
and replies. A draft belongs to whoever typed it, and to one opening of a form.
"""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from azora.messages import FileRef, ListReply, ListRequest, Reply, Request

DRAFT_ID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
DraftId = Annotated[str, Field(pattern=DRAFT_ID)]
Place = Annotated[
    str,
    StringConstraints(pattern=r"^/([^/\\\x00-\x1f\x7f][^\\\x00-\x1f\x7f]*)?$", max_length=500),
    Field(description="The path of the page that has the form."),
]
FormName = Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$", max_length=60)]
Input = Annotated[str, Field(max_length=100)]
Typed = Annotated[
    dict[Input, Annotated[list[Annotated[str, Field(max_length=200_000)]], Field(max_length=200)]],
    Field(max_length=200, description="What was typed, by input."),
]


class DraftRef(Request):
    draft: DraftId


class KeepDraft(DraftRef):
    """What is typed into a form, in place of what the draft held before."""

    place: Place
    form: FormName
    typed: Typed
    file: FileRef | None = Field(
        None, description="The file that came with it; left out, the one it has stays."
    )


class ListDrafts(ListRequest):
    """Your drafts, the newest first; those of one page, where you say which."""

    place: Place | None = None


class DraftEntry(Reply):
    """A draft in a list; `address` is where one goes on with it."""

    id: str
    place: str
    form: str
    title: str
    at: datetime
    address: str


class Draft(DraftEntry):
    typed: dict[str, list[str]]
    file: FileRef | None = None


class DraftList(ListReply[DraftEntry]):
    """Drafts, the newest first."""
