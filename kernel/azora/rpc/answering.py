"""What a request over RabbitMQ is answered, whichever way it came: one reply, in Nameko's form."""

import time
from typing import TYPE_CHECKING, Any, Protocol

import orjson

from azora.canaries import SUFFIX
from azora.context import ACTOR, Context
from azora.dispatch import BoundOperation, to_json
from azora.errors import DeadlineExceeded, NotAuthenticated, NotFound, RequestError
from azora.messages import Request
from azora.rpc.connection import decoded
from azora.rpc.faults import serialize

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

API_TOKEN = "nameko.api_token"  # noqa: S105 – a name, no secret
"""The header that a stock caller's context data `{"api_token": …}` becomes."""

REMEMBERED = 10_000
"""Requests of which is known that they were begun, in case the broker did not hear of it."""

_OURS = b'{"args":[],"kwargs":'


class Message(Protocol):
    """A request as it arrived."""

    @property
    def routing_key(self) -> str: ...
    @property
    def body(self) -> bytes: ...
    @property
    def headers(self) -> dict[str, Any] | None: ...
    @property
    def properties(self) -> dict[str, Any]: ...
    @property
    def redelivered(self) -> bool: ...


class Begun:
    """Requests that must not run twice and were begun, known by their correlation ids."""

    def __init__(self) -> None:
        self._ids: dict[str, None] = {}

    def add(self, message: Message) -> None:
        if correlation := message.properties.get("correlation_id"):
            self._ids[correlation] = None
            if len(self._ids) > REMEMBERED:
                del self._ids[next(iter(self._ids))]

    def has(self, message: Message) -> bool:
        """Whether the broker sends again what was begun here, since it never heard of that."""
        return message.redelivered and message.properties.get("correlation_id") in self._ids


def asked_for(hosted: "HostedPlugin", message: Message) -> BoundOperation | None:
    """The operation that a request is addressed to, also where it was addressed to a canary."""
    key, operations = message.routing_key, hosted.operations
    return operations.get(key) or operations.get(key.removesuffix(SUFFIX))


def answer(hosted: "HostedPlugin", bound: BoundOperation | None, message: Message) -> bytes:
    """The body of the reply: the operation's result or its error."""
    try:
        return b'{"result":' + _result(hosted, bound, message) + b',"error":null}'
    except Exception as error:  # noqa: BLE001 – every request gets exactly one answer
        return orjson.dumps({"result": None, "error": serialize(error)})


def _result(hosted: "HostedPlugin", bound: BoundOperation | None, message: Message) -> bytes:
    if bound is None:
        raise NotFound(f"no operation {message.routing_key}", code="operation_not_found")
    if bound.operation.shape == "stream":
        raise RequestError(f"{bound.full} streams: call it over HTTP", code="streams_over_http")
    if len(message.body) > bound.operation.max_body:
        raise RequestError(
            f"{bound.full} takes at most {bound.operation.max_body} bytes",
            code="message_too_large",
        )
    headers = decoded(message.headers)
    context = Context.from_headers(hosted.runtime, headers)
    if context.deadline is not None and context.deadline <= time.monotonic():
        raise DeadlineExceeded(f"{bound.full} was asked too late")
    if ACTOR not in headers and API_TOKEN in headers:
        context.token = hosted.runtime.resolve(headers[API_TOKEN])
        if context.token is None:
            raise NotAuthenticated("the API token is not valid", code="token_invalid")
    reply = bound.invoke(request_in(bound, message.body), context)
    return b"null" if reply is None else to_json(reply)


def request_in(bound: BoundOperation, raw: bytes) -> Request:
    """The request in a Nameko body: keywords, or one positional object."""
    if raw.startswith(_OURS):
        return bound.parse_json(raw[len(_OURS) : -1])
    arguments, keywords = _call_in(raw)
    if len(arguments) == 1 and isinstance(arguments[0], dict):
        keywords = {**arguments[0], **keywords}
    elif arguments:
        raise RequestError(f"{bound.full} takes keyword arguments", code="incorrect_signature")
    return bound.parse(keywords)


def _call_in(raw: bytes) -> tuple[list[Any], dict[str, Any]]:
    """The positional and the named arguments of a Nameko body."""
    try:
        call: Any = orjson.loads(raw)
    except ValueError:
        call = None
    if isinstance(call, dict):
        arguments, keywords = call.get("args"), call.get("kwargs")
        if isinstance(arguments, list) and isinstance(keywords, dict):
            return arguments, keywords
    raise RequestError(
        "the message holds no list `args` and object `kwargs`", code="malformed_message"
    )
