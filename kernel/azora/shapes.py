"""The message classes that a plugin speaks over HTTP, each known to the world by its name alone."""

from collections.abc import Iterable, Iterator
from typing import Any, get_args

from pydantic import BaseModel

from azora.contract import Operation
from azora.errors import PluginError


def check_names(operations: Iterable[Operation]) -> None:
    """Refuse two classes of one name: the API's document and clients would take one for the other."""
    known: dict[str, type[BaseModel]] = {}
    for operation in operations:
        for message in (operation.request, operation.reply):
            if is_kernels(message):
                continue
            for shape in _shapes(message, set()):
                other = known.setdefault(shape.__name__, shape)
                if other is not shape:
                    raise PluginError(
                        f"{other.__module__} and {shape.__module__} both have a message "
                        f"{shape.__name__}; give one another name"
                    )


def is_kernels(message: Any) -> bool:
    """Whether a message is the kernel's, and not a list of a plugin's."""
    own = getattr(message, "__module__", "").startswith("azora.")
    return own and not message.__pydantic_generic_metadata__["args"]


def _shapes(annotation: Any, seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        for part in get_args(annotation):
            yield from _shapes(part, seen)
    elif annotation not in seen:
        seen.add(annotation)
        yield annotation
        for field in annotation.model_fields.values():
            yield from _shapes(field.annotation, seen)
