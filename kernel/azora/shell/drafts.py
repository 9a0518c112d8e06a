"""Drafts in pages: what is typed into a form is kept by its plugin until it is saved or discarded.

A form carries the id of its draft from its first drawing. A script sends it while somebody types; without
one there is a button, and whatever cannot be saved is kept as well. Who comes back is offered what there is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from azora.contract import Form
from azora.drafts import DRAFT_ID, Draft, DraftEntry, DraftList, DraftRef, KeepDraft, ListDrafts
from azora.errors import AzoraError, Invalid
from azora.ids import uuid7
from azora.shell import kept
from azora.shell.forms import FormView, file_fields
from azora.shell.links import fill_path
from azora.shell.parts import target_of
from azora.shell.visit import Match, Visit

if TYPE_CHECKING:
    from azora.messages import Message, Request
    from azora.runtime import Runtime

ID = "_draft"
"""The hidden field with the id of the form's draft; `?draft=` in an address goes on with it."""
ACT = "_draft_act"
"""What a form is sent for, where not to be saved: one of the three below."""
KEEP, QUIETLY, DISCARD = "keep", "quietly", "discard"
OFFERED = 5

_AN_ID = re.compile(DRAFT_ID)


@dataclass
class FormDraft:
    """What a form knows of drafts: its own, since when that is kept, and others that may be gone on with.

    `begun` says that the form is filled from it; `unkept` that what it holds still has to be kept.
    """

    id: str
    at: datetime | None = None
    begun: bool = False
    unkept: bool = False
    others: list[DraftEntry] = field(default_factory=list)


class Drafting:
    """The draft of one form of a page that somebody who is signed in looks at."""

    def __init__(
        self, runtime: "Runtime", visit: Visit, match: Match, form: Form, view: FormView
    ) -> None:
        self._runtime, self._visit, self._match = runtime, visit, match
        self._form, self._view = form, view
        assert form.drafts is not None
        self._by = form.drafts

    def offer(self) -> None:
        """Fill the form from the draft that the address names; offer the others of this page."""
        wanted = self._visit.query.get("draft", "")
        found = self._try(self._by.find, ListDrafts(place=self._visit.path, limit=OFFERED))
        entries = found.items if isinstance(found, DraftList) else []
        ours = [one for one in entries if one.form == self._view.name]
        draft = self._view.draft = FormDraft(
            uuid7(), others=[one for one in ours if one.id != wanted]
        )
        if any(one.id == wanted for one in ours):
            read = self._try(self._by.read, DraftRef(draft=wanted))
            if isinstance(read, Draft):
                draft.id, draft.at, draft.begun = read.id, read.at, True
                self._fill(read)

    def sent(self, act: str, id: str) -> str:
        """Do what the form is sent for, other than saving; where that leads. Raises what refuses it."""
        draft = self._view.draft = _own(id)
        if act == DISCARD:
            self._call(self._by.discard, DraftRef(draft=draft.id))
            return f"{self._visit.path}?notice=discarded"
        kept.take_files(self._runtime, self._visit, self._match, self._view)
        self.keep()
        return f"{self._visit.path}?draft={draft.id}&notice=kept"

    def keep(self) -> None:
        """Keep what is typed. Raises what refuses it."""
        draft = self._view.draft
        assert draft is not None
        file = next(iter(self._view.arrived.values()), None)
        typed = {n: texts for n, texts in self._view.typed.items() if self._view.echoes(n)}
        try:
            request = KeepDraft(
                draft=draft.id,
                place=self._visit.path,
                form=self._view.name,
                typed=typed,
                file=file,
            )
        except ValidationError:
            raise Invalid("This is too much for a draft.") from None
        self._call(self._by.keep, request)
        draft.unkept = False

    def refused(self, id: str, error: AzoraError) -> str:
        """Keep what could not be saved; the page that shows both sides, where there is one for that."""
        draft = self._view.draft = _own(id)
        try:
            self.keep()
        except AzoraError as problem:
            self._log("draft_not_kept", problem)
            return ""
        if error.status != 409 or not self._by.clash:
            return ""
        return fill_path(self._by.clash, {**self._match.params, "draft": draft.id})

    def saved(self, id: str) -> None:
        """Nothing is left to keep."""
        if _AN_ID.fullmatch(id):
            self._try(self._by.discard, DraftRef(draft=id))

    def _fill(self, draft: Draft) -> None:
        self._view.typed = {**draft.typed, **{k: [v] for k, v in self._match.params.items()}}
        self._view.submitted = True
        for name in file_fields(self._view.model)[:1]:
            if draft.file:
                kept.keep(self._visit, self._view, name, draft.file)

    def _try(self, operation: str, request: "Request") -> "Message | None":
        """A draft that cannot be had, or dropped, stops nobody."""
        try:
            return self._call(operation, request)
        except AzoraError as error:
            self._log("drafts_not_there", error)
            return None

    def _call(self, operation: str, request: "Request") -> "Message | None":
        target = target_of(self._runtime, self._match.loaded, operation)
        reply: Message | None = self._runtime.call(
            target.name, request, target.reply, context=self._visit.context
        )
        return reply

    def _log(self, event: str, error: AzoraError) -> None:
        log = self._runtime.hosted[self._match.loaded.name].log
        log.warning(event, path=self._visit.path, reason=error.detail)


def _own(id: str) -> FormDraft:
    """The draft that a form says is its own, or a new one where it says none."""
    return FormDraft(id if _AN_ID.fullmatch(id) else uuid7(), unkept=True)


def drafting(
    runtime: "Runtime", visit: Visit, match: Match, form: Form, view: FormView
) -> Drafting | None:
    """Who keeps the form's draft, or None where nobody does or nobody is signed in."""
    if form.drafts is None or visit.actor is None:
        return None
    return Drafting(runtime, visit, match, form, view)


def offer_drafts(runtime: "Runtime", visit: Visit, match: Match, forms: Mapping[str, Any]) -> None:
    """Let every form of the page know of its drafts."""
    for name, form in match.page.forms.items():
        if found := drafting(runtime, visit, match, form, forms[name]):
            found.offer()
