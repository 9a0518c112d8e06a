"""Personal fields from `emit` to the handler: sealed in the emitting transaction, opened by who declared them.

`Event.personal` maps each such field to the field with the person's id. The emitting plugin keeps
the keys; a subscriber asks it, with an operation that the kernel adds, for the fields that its
handlers declare, and believes the answer for some seconds. Of an erased person a field is None.
"""

import base64
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import orjson
from pydantic import TypeAdapter, ValidationError

from azora.context import Context, current, current_or_none
from azora.contract import Handler, operation
from azora.data.person_keys import key_of, keys_by_id
from azora.errors import Invalid, NotAllowed, PluginError
from azora.events.envelope import Envelope
from azora.events.sealing import field_key, key_id_of, seal, unseal
from azora.messages import Event, Reply, Request
from azora.permissions import OPEN_PERSONAL
from azora.service import Service

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

BELIEVED = 10.0
"""Seconds for which a subscriber keeps a key: so long an erased person's fields may still be read."""
_MOST = 4096
_SHORTEST = 3
"""Characters of a value that is starred in logs: less would star half the words."""


class OpenFields(Request):
    """The sealed fields of one event: each with the name of its key."""

    event: str
    fields: dict[str, str]


class FieldSecrets(Reply):
    """For each field what opens it, in base64; nothing where the person is erased."""

    secrets: dict[str, str | None]


class PersonalFields(Service):
    """What the kernel adds to every plugin whose events have personal fields."""

    @operation(
        "POST /events/open", permission=OPEN_PERSONAL, idempotent=True, http=False, audited=False
    )
    def open_fields(self, request: OpenFields) -> FieldSecrets:
        """Give a subscriber what opens the personal fields that its handlers declare"""
        for field in request.fields:
            if not _may_read(self.actor.id, self.actor.permissions, request.event, field):
                raise NotAllowed(
                    f"{self.actor.id} has no handler that reads {request.event}.{field}"
                )
        keys = keys_by_id(self.hosted.database, set(request.fields.values()))
        return FieldSecrets(
            secrets={
                field: _as_text(field_key(keys[key], request.event, field)) if key in keys else None
                for field, key in request.fields.items()
            }
        )


class Opener:
    """Opens the personal fields of what one plugin's handlers are told."""

    def __init__(self, hosted: "HostedPlugin") -> None:
        self._hosted = hosted
        self._known: dict[tuple[str, str, str], tuple[bytes | None, float]] = {}

    def open(self, handler: Handler, envelope: Envelope) -> bytes:
        """The event's data as the handler may read it. Raises what asking for the keys raises."""
        if not handler.payload.personal:
            return envelope.data
        data: dict[str, Any] = orjson.loads(envelope.data)
        names = {field: key_id_of(data.get(field)) for field in handler.payload.personal}
        sealed = {field: key for field, key in names.items() if key is not None}
        if not sealed:
            return envelope.data
        for field, key in self._keys(envelope, sealed).items():
            data[field] = unseal(data[field], key, envelope.id, field) if key else None
            hide(data[field])
        return orjson.dumps(data)

    def _keys(self, envelope: Envelope, sealed: dict[str, str]) -> dict[str, bytes | None]:
        now = time.monotonic()
        missing = {
            field: key
            for field, key in sealed.items()
            if self._known.get((envelope.type, field, key), (None, 0.0))[1] < now
        }
        if missing:
            self._ask(envelope, missing, now + BELIEVED)
        return {field: self._known[envelope.type, field, key][0] for field, key in sealed.items()}

    def _ask(self, envelope: Envelope, missing: dict[str, str], until: float) -> None:
        """As a call of its own, which is none of the handler's numbered ones."""
        runtime = self._hosted.runtime
        request = OpenFields(event=envelope.type, fields=missing)
        answer = runtime.call(
            f"{envelope.source}.open_fields",
            request,
            FieldSecrets,
            context=Context(runtime, current()),
        )
        if len(self._known) > _MOST:
            self._known.clear()
        for field, key in missing.items():
            secret = answer.secrets.get(field)
            opens = base64.urlsafe_b64decode(secret) if secret else None
            self._known[envelope.type, field, key] = (opens, until)


def sealed_json(hosted: "HostedPlugin", event: Event, name: str, event_id: str) -> bytes:
    """The event as JSON with its personal fields sealed, in the open transaction.

    Raises Invalid where a personal field says nothing of whom it is about.
    """
    data: dict[str, Any] = event.model_dump(mode="json")
    for field, of in type(event).personal.items():
        value, person = data[field], data[of]
        if value is None:
            continue
        if person is None:
            raise Invalid(f"{name} has {field}, but no {of} whose it is", code="nobodys_field")
        hide(value)
        key = key_of(hosted.database, str(person))
        data[field] = key and seal(
            value, field_key(key.secret, name, field), key.id, event_id, field
        )
    return orjson.dumps(data)


def hide(value: Any) -> None:
    """Star a personal value in whatever this piece of work says to logs, traces and error reports."""
    context = current_or_none()
    if context is not None:
        context.hidden.extend(text for text in _texts(value) if len(text) >= _SHORTEST)


def check_personal(event: type[Event]) -> None:
    """Refuse an event whose personal fields could not be sealed."""
    fields = event.model_fields
    for field, of in event.personal.items():
        if field not in fields or of not in fields:
            raise PluginError(f"{event.__name__}.personal names a field that is not there")
        if of in event.personal:
            raise PluginError(
                f"{event.__name__}: {of} names a person, and cannot be personal itself"
            )
        if field == event.key_field:
            raise PluginError(f"{event.__name__}: {field} is personal, and a key travels in clear")


def unreadable(event: type[Event], read: type[Event]) -> Iterator[str]:
    """Why a slice cannot read the personal fields of an event; one line for each field."""
    for field in read.model_fields.keys() & event.personal.keys():
        if field not in read.personal:
            yield f"{field}: is personal; say so in {read.__name__}.personal"
        elif not _takes_none(read, field):
            yield f"{field}: is None once the person is erased; read it as `… | None`"
    for field in read.personal.keys() - event.personal.keys():
        yield f"{field}: is read as personal, but is not"


def permissions_to_read(event: str, payload: type[Event]) -> Iterator[str]:
    """What a plugin may do because a handler of its declares personal fields."""
    if payload.personal:
        yield OPEN_PERSONAL
        yield from (f"{event}.{field}" for field in payload.personal)


def _may_read(actor: str, permissions: frozenset[str], event: str, field: str) -> bool:
    return actor.startswith("plugin:") and f"{event}.{field}" in permissions


def _takes_none(read: type[Event], field: str) -> bool:
    annotation: Any = read.model_fields[field].annotation
    try:
        TypeAdapter(annotation).validate_python(None)
    except ValidationError:
        return False
    return True


def _as_text(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).decode()


def _texts(value: Any) -> Iterator[str]:
    """Every word of a JSON value."""
    if isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
