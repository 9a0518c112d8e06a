"""A page as a plugin declares it: what it shows, and which operations load its parts and take its forms."""

from dataclasses import dataclass, field
from typing import Any, Literal

Place = Literal["due", "new", "search"]
"""Where a plugin may add a panel: what waits for the reader, what is new, what a search finds."""


@dataclass(frozen=True)
class Part:
    """One fragment of a page: the operation that loads it; the reply is `name` in the template."""

    operation: str
    fixed: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Drafts:
    """The plugin's operations that keep what is typed into a form until it is saved (`azora.drafts`).

    `keep` takes KeepDraft, `find` ListDrafts → DraftList, `read` DraftRef → Draft, `discard` DraftRef.
    Where the form's operation refuses with a Conflict, its page leads to `clash`, which may show both
    sides: `/library/{id}/merge?draft={draft}`.
    """

    keep: str = "keep_draft"
    find: str = "list_drafts"
    read: str = "read_draft"
    discard: str = "discard_draft"
    clash: str = ""

    @property
    def operations(self) -> tuple[str, ...]:
        return self.keep, self.find, self.read, self.discard


@dataclass(frozen=True)
class Form:
    """A form of a page: the operation that takes it, and where its reply leads (`{field}` of the reply).

    `drafts` says who keeps what is typed until it is saved; without it, only the page does.
    """

    operation: str
    then: str
    drafts: Drafts | None = None


@dataclass(frozen=True)
class Panel:
    """A list that a plugin adds to the campus's own pages: `Panel("new", "Library", "list_books", "/books/{id}")`.

    The operation replies `items`. An item's `path` and `more`, the page of the whole list, are filled
    with its fields and with the query; `name` is the field that is its title, `facts` are fields said
    below it, `when` is the one that says until when, or since when, `fresh` the one that counts what is
    new in it. A search's request has a `query`.
    """

    place: Place
    title: str
    operation: str
    path: str
    name: str = "title"
    facts: tuple[str, ...] = ()
    when: str = ""
    fresh: str = ""
    more: str = ""
    fixed: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """A path, a title, a template, the operations that load its parts and those that take its forms.

    `nav` puts the page into the navigation of whoever may load it, under that order number. A page
    without a template is the `Document` that its first part replies. `alternates` are paths of the
    same thing by media type: whoever would rather have one (`Accept`) is sent there. `panels` are the
    places that it has for what plugins contribute, with how many items each panel shows. `data` names
    the part whose `Document` tells machines what the page is about (JSON-LD). `addresses` is the
    operation that lists the addresses of this kind for the sitemap: `ListAddresses` → `Addresses`.
    `summary` says where the page is offered what it is for; without one, the plugin's own does.
    """

    path: str
    title: str
    template: str
    parts: dict[str, Part] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    permission: str | None = None
    nav: int | None = None
    alternates: dict[str, str] = field(default_factory=dict)
    panels: dict[Place, int] = field(default_factory=dict)
    data: str = ""
    addresses: str = ""
    summary: str = ""


def fields_of(path: str) -> list[str]:
    """The names of the fields of a path: `/library/{id}` has `id`."""
    return [piece.partition("}")[0] for piece in path.split("{")[1:]]
