"""Files of a form: stored as they arrive, and kept by a signed note when something else is found wrong."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from werkzeug.datastructures import FileStorage

from azora.http.uploads import safe_name
from azora.messages import FileRef
from azora.shell.forms import FormView, file_fields
from azora.shell.visit import Match, Visit

if TYPE_CHECKING:
    from azora.runtime import Runtime

KEPT = "kept."
"""Prefix of the hidden field that stands for a file which arrived before."""

_PIECE = 65_536


def take_files(runtime: "Runtime", visit: Visit, match: Match, view: FormView) -> None:
    """Put into the view what files the form brought: chosen now, or arrived before."""
    for name in file_fields(view.model):
        chosen = visit.request.files.get(name)
        if chosen is not None and chosen.filename:
            keep(visit, view, name, _stored(runtime, match, chosen))
        elif ref := _from_note(visit, visit.request.form.get(KEPT + name, "")):
            keep(visit, view, name, ref)


def keep(visit: Visit, view: FormView, name: str, ref: FileRef) -> None:
    """Let the view hand this file in again."""
    view.arrived[name] = ref
    view.kept[name] = (ref.name, _note(visit, ref))


def _stored(runtime: "Runtime", match: Match, chosen: FileStorage) -> FileRef:
    files = runtime.hosted[match.loaded.name].files
    media_type = chosen.mimetype or "application/octet-stream"
    return files.put(_pieces(chosen.stream), safe_name(chosen.filename or ""), media_type)


def _pieces(stream: Any | BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece


def _note(visit: Visit, ref: FileRef) -> str:
    body = base64.urlsafe_b64encode(ref.model_dump_json().encode()).decode()
    return f"{body}.{_seal(visit, body)}"


def _from_note(visit: Visit, note: str) -> FileRef | None:
    body, _, seal = note.partition(".")
    if not body or not hmac.compare_digest(seal.encode(), _seal(visit, body).encode()):
        return None
    return FileRef.model_validate_json(base64.urlsafe_b64decode(body))


def _seal(visit: Visit, body: str) -> str:
    """Only this browser's session can hand the note in again: a digest alone must open no file."""
    return hmac.new(
        b"azora kept " + visit.secret.encode(), body.encode(), hashlib.sha256
    ).hexdigest()
