"""A page as a plugin declares it: what it shows, and which operations load its parts and take its forms."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Part:
    """One fragment of a page: the operation that loads it; the reply is `name` in the template."""

    operation: str
    fixed: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Form:
    """A form of a page: the operation that takes it, and where its reply leads (`{field}` of the reply)."""

    operation: str
    then: str


@dataclass(frozen=True)
class Page:
    """A path, a title, a template, the operations that load its parts and those that take its forms.

    `nav` puts the page into the navigation of whoever may load it, under that order number. A page
    without a template is the `Document` that its first part replies. `alternates` are paths of the
    same thing by media type: whoever would rather have one (`Accept`) is sent there.
    """

    path: str
    title: str
    template: str
    parts: dict[str, Part] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    permission: str | None = None
    nav: int | None = None
    alternates: dict[str, str] = field(default_factory=dict)
