"""Takes a form: its fields become the operation's request, and its reply the next address.

Whatever fails, what was typed comes back with the page; a file that arrived is kept by a signed note.
"""

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from azora.contract import Form
from azora.errors import AzoraError, Conflict, NotAllowed, NotAuthenticated, RequestError, invalid
from azora.http import csrf
from azora.http.cookies import CookieFields
from azora.http.exchange import HttpProblem
from azora.messages import Message, Request
from azora.shell import drafts
from azora.shell.forms import FormView, decode, file_fields, typed_of
from azora.shell.i18n import N_
from azora.shell.kept import take_files
from azora.shell.parts import Target, target_of
from azora.shell.visit import Match, Visit

if TYPE_CHECKING:
    from azora.http.ratelimit import RateLimit
    from azora.runtime import Runtime

WHICH = "_form"
"""Names the form that is sent, on a page that has several."""

STALE = N_(
    "You signed in or out since this page was opened. Nothing is lost: look it over and send it again."
)
_ANSWERED_WITHIN = 2.0
"""Seconds for which the second of two equal submissions waits for the answer to the first."""

_FORM_ROOM = 1_000_000


@dataclass(frozen=True)
class Outcome:
    """What became of a submission: a reply, or the error; the view holds all that was typed.

    `leads` is where it leads when it was not to be saved, or was kept aside; `quiet` says that a script
    sent it, which draws nothing of the answer.
    """

    form: Form
    view: FormView
    target: Target
    request: Request | None = None
    reply: Message | None = None
    error: AzoraError | None = None
    leads: str = ""
    quiet: bool = False


def new_forms(runtime: "Runtime", visit: Visit, match: Match) -> dict[str, FormView]:
    """Every form of the page, with what the path and the query fill in."""
    typed = typed_of(visit.query, match.params)
    return {
        name: FormView(name, target_of(runtime, match.loaded, form.operation).request, typed)
        for name, form in match.page.forms.items()
    }


def submit(
    runtime: "Runtime", visit: Visit, match: Match, limits: "RateLimit | None" = None
) -> Outcome:
    """Take the form that was sent. Raises only what concerns no form of this page.

    Only what the form shows counts: a link must not slip further fields in by its query.
    """
    targets = {
        name: target_of(runtime, match.loaded, form.operation)
        for name, form in match.page.forms.items()
    }
    if visit.actor is None and not any(target.public for target in targets.values()):
        visit.request.max_content_length = _FORM_ROOM
    else:
        visit.request.max_content_length = _room(runtime, targets)
    try:
        fields = visit.request.form
    except HTTPException as error:
        raise HttpProblem(error.code or 400, "form_unreadable", error.description or "") from None
    name = fields.get(WHICH) or next(iter(targets))
    if name not in targets:
        raise RequestError("there is no such form on this page")
    target = targets[name]
    view = FormView(name, target.request, typed_of(fields, match.params), submitted=True)
    form = match.page.forms[name]
    return _taken(Taking(runtime, visit, match, limits), form, view, target)


@dataclass(frozen=True)
class Taking:
    """What a form is taken with."""

    runtime: "Runtime"
    visit: Visit
    match: Match
    limits: "RateLimit | None"


def _taken(taking: Taking, form: Form, view: FormView, target: Target) -> Outcome:
    runtime, visit, match = taking.runtime, taking.visit, taking.match
    sent = visit.request.form
    act, id = sent.get(drafts.ACT, ""), sent.get(drafts.ID, "")
    draft = drafts.drafting(runtime, visit, match, form, view)
    quiet = act == drafts.QUIETLY
    try:
        _admit(visit, target)
    except AzoraError as error:
        view.refuse(error)
        view.draft = drafts.FormDraft(id, unkept=True) if draft else None
        return Outcome(form, view, target, error=error, quiet=quiet)
    try:
        if draft and act:
            return Outcome(form, view, target, leads=draft.sent(act, id), quiet=quiet)
        _count(taking, target)
        request = _request(runtime, visit, match, view)
        reply = _call(runtime, visit, form, target, request)
    except AzoraError as error:
        view.refuse(error)
        leads = draft.refused(id, error) if draft and not act else ""
        return Outcome(form, view, target, error=error, leads=leads, quiet=quiet)
    if draft:
        draft.saved(id)
    return Outcome(form, view, target, request, reply)


def _admit(visit: Visit, target: Target) -> None:
    """Raise unless the form was drawn for who sends it."""
    if visit.actor is None and not target.public:
        raise NotAuthenticated("sign in first")
    if not visit.token_fits(visit.request.form.get(csrf.FIELD, "")):
        raise NotAllowed(STALE, code="form_token")


def _count(taking: Taking, target: Target) -> None:
    known = taking.runtime.registry.operation(target.name)
    if taking.limits and known and known.rate:
        taking.limits.count_call(target.name, known.rate, taking.visit.context)


def _call(
    runtime: "Runtime", visit: Visit, form: Form, target: Target, request: Request
) -> Message | None:
    """Call the operation, once for each form that was drawn and what was typed into it.

    An answer that is a secret (a cookie, or one that is shown once) is not kept to be given again.
    """
    drawn = visit.request.form.get(csrf.ONCE)
    secret = not form.then or bool(CookieFields(target.reply))
    if not drawn or secret:
        return runtime.call(target.name, request, target.reply, context=visit.context)
    said = f"{visit.secret} {drawn} {request.model_dump_json()}"
    key = f"form:{hashlib.sha256(said.encode()).hexdigest()}"
    limit = time.monotonic() + _ANSWERED_WITHIN
    while True:
        try:
            return runtime.call(target.name, request, target.reply, context=visit.context, key=key)
        except Conflict as error:
            if error.code != "call_already_done" or time.monotonic() > limit:
                raise
            time.sleep(0.05)


def _request(runtime: "Runtime", visit: Visit, match: Match, view: FormView) -> Request:
    values = decode(view.model, view.typed)
    take_files(runtime, visit, match, view)
    for name in file_fields(view.model):
        values.pop(name, None)
        if ref := view.arrived.get(name):
            values[name] = ref.model_dump()
    try:
        return view.model.model_validate(values)
    except ValidationError as error:
        raise invalid(error) from None


def _room(runtime: "Runtime", targets: dict[str, Target]) -> int:
    """The largest body that any form of the page may have, in bytes."""
    known = (runtime.registry.operation(target.name) for target in targets.values())
    return max((operation.max_body for operation in known if operation), default=0) + _FORM_ROOM
