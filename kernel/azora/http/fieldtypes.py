"""What the types of a request's fields decide: several values, a file, or text to be converted."""

import types
import typing
from collections.abc import Callable, Iterator
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from azora.errors import invalid
from azora.messages import FileRef

_LISTS = (list, tuple, set, frozenset)


def is_list(model: type[BaseModel], name: str) -> bool:
    """Whether a field holds several values, so that a repeated query key fills it."""
    return any(typing.get_origin(kind) in _LISTS or kind in _LISTS for kind in _kinds(model, name))


def is_file(model: type[BaseModel], name: str) -> bool:
    """Whether a field holds a stored file, so that an uploaded part fills it."""
    return any(
        isinstance(kind, type) and issubclass(kind, FileRef)
        for whole in _kinds(model, name)
        for kind in (whole, *typing.get_args(whole))
    )


def _kinds(model: type[BaseModel], name: str) -> Iterator[Any]:
    annotation = model.model_fields[name].annotation
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        yield from typing.get_args(annotation)
    else:
        yield annotation


def converter(model: type[BaseModel], name: str) -> Callable[[str, Any], Any] | None:
    """Text to the JSON value of a field, or None where text is right as it is."""
    field = model.model_fields[name]
    if field.annotation is str:
        return None
    kind: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    adapter: TypeAdapter[Any] = TypeAdapter(kind)

    def convert(name: str, value: Any) -> Any:
        try:
            return adapter.dump_python(adapter.validate_python(value), mode="json")
        except ValidationError as error:
            failure = invalid(error)
            for found in failure.fields:
                found["field"] = f"{name}.{found['field']}".rstrip(".")
            raise failure from None

    return convert
