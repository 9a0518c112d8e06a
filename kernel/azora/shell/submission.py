"""Takes a form: its fields become the operation's request, and its reply the next address.

Whatever fails, what was typed comes back with the page; a file that arrived is kept by a signed note.
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from pydantic import ValidationError
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import HTTPException

from azora.contract import Form
from azora.dispatch import invalid
from azora.errors import AzoraError, Conflict, NotAllowed, NotAuthenticated, RequestError
from azora.http import csrf
from azora.http.cookies import CookieFields
from azora.http.exchange import HttpProblem
from azora.http.uploads import safe_name
from azora.messages import FileRef, Message, Request
from azora.shell.forms import FormView, decode, file_fields, typed_of
from azora.shell.i18n import N_
from azora.shell.parts import Target, target_of
from azora.shell.visit import Match, Visit

if TYPE_CHECKING:
    from azora.http.ratelimit import RateLimit
    from azora.runtime import Runtime

WHICH = "_form"
"""Names the form that is sent, on a page that has several."""

KEPT = "kept."
"""Prefix of the hidden field that stands for a file which arrived before."""

STALE = N_(
    "You signed in or out since this page was opened. Nothing is lost: look it over and send it again."
)
_ANSWERED_WITHIN = 2.0
"""Seconds for which the second of two equal submissions waits for the answer to the first."""

_PIECE = 65_536
_FORM_ROOM = 1_000_000


@dataclass(frozen=True)
class Outcome:
    """What became of a submission: a reply, or the error; the view holds all that was typed."""

    form: Form
    view: FormView
    target: Target
    request: Request | None = None
    reply: Message | None = None
    error: AzoraError | None = None


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
    try:
        if not visit.token_fits(fields.get(csrf.FIELD, "")):
            raise NotAllowed(STALE, code="form_token")
        if visit.actor is None and not target.public:
            raise NotAuthenticated("sign in first")
        known = runtime.registry.operation(target.name)
        if limits and known and known.rate:
            limits.count_call(target.name, known.rate, visit.context)
        request = _request(runtime, visit, match, view)
        reply = _call(runtime, visit, form, target, request)
    except AzoraError as error:
        view.refuse(error)
        return Outcome(form, view, target, error=error)
    return Outcome(form, view, target, request, reply)


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
    for name in file_fields(view.model):
        values.pop(name, None)
        if ref := _file(runtime, visit, match, view, name):
            values[name] = ref
            view.kept[name] = (ref["name"], _note(visit, ref))
    try:
        return view.model.model_validate(values)
    except ValidationError as error:
        raise invalid(error) from None


def _file(
    runtime: "Runtime", visit: Visit, match: Match, view: FormView, name: str
) -> dict[str, Any] | None:
    """The reference of the file that was chosen now, or of the one that arrived before."""
    chosen = visit.request.files.get(name)
    if chosen is not None and chosen.filename:
        return _stored(runtime, match, chosen)
    return _from_note(visit, visit.request.form.get(KEPT + name, ""))


def _stored(runtime: "Runtime", match: Match, chosen: FileStorage) -> dict[str, Any]:
    files = runtime.hosted[match.loaded.name].files
    media_type = chosen.mimetype or "application/octet-stream"
    return files.put(
        _pieces(chosen.stream), safe_name(chosen.filename or ""), media_type
    ).model_dump()


def _pieces(stream: Any | BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece


def _note(visit: Visit, ref: dict[str, Any]) -> str:
    body = base64.urlsafe_b64encode(FileRef(**ref).model_dump_json().encode()).decode()
    return f"{body}.{_seal(visit, body)}"


def _from_note(visit: Visit, note: str) -> dict[str, Any] | None:
    body, _, seal = note.partition(".")
    if not body or not hmac.compare_digest(seal.encode(), _seal(visit, body).encode()):
        return None
    return FileRef.model_validate_json(base64.urlsafe_b64decode(body)).model_dump()


def _seal(visit: Visit, body: str) -> str:
    """Only this browser's session can hand the note in again: a digest alone must open no file."""
    return hmac.new(
        b"azora kept " + visit.secret.encode(), body.encode(), hashlib.sha256
    ).hexdigest()


def _room(runtime: "Runtime", targets: dict[str, Target]) -> int:
    """The largest body that any form of the page may have, in bytes."""
    known = (runtime.registry.operation(target.name) for target in targets.values())
    return max((operation.max_body for operation in known if operation), default=0) + _FORM_ROOM
