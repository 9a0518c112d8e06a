"""What a plugin's methods declare of themselves: the models in their annotations, and their marks."""

import inspect
import typing
from collections.abc import Callable, Iterator
from typing import Any, Literal

from azora.errors import PluginError
from azora.messages import Document, FileRef, Message, Request

Shape = Literal["none", "reply", "file", "document", "stream"]


def signature_of(
    method: Callable[..., Any], base: type[Message] = Request
) -> tuple[Any, type[Message] | None, Shape]:
    """The request model, the reply model and the shape of the reply of one annotated method.

    Raises PluginError for an untyped method: what the kernel cannot see it cannot check.
    """
    hints = typing.get_type_hints(method)
    reply = hints.pop("return", None)
    if len(hints) != 1 or not is_model(next(iter(hints.values())), base):
        raise PluginError(f"{method.__qualname__}: takes self and one annotated {base.__name__}")
    request = next(iter(hints.values()))
    if reply in (None, type(None)):
        return request, None, "none"
    if typing.get_origin(reply) is Iterator and is_model(typing.get_args(reply)[0], Message):
        return request, typing.get_args(reply)[0], "stream"
    if not is_model(reply, Message):
        raise PluginError(
            f"{method.__qualname__}: returns a Reply, a FileRef, a Document, an Iterator of them, or None"
        )
    if issubclass(reply, Document):
        return request, reply, "document"
    return request, reply, "file" if issubclass(reply, FileRef) else "reply"


def marked(service: type, kind: type) -> Iterator[tuple[Callable[..., Any], Any]]:
    for _, method in inspect.getmembers(service, inspect.isfunction):
        mark = getattr(method, "__azora__", None)
        if isinstance(mark, kind):
            yield method, mark


def is_model(value: Any, base: type[Message]) -> bool:
    return isinstance(value, type) and issubclass(value, base)
