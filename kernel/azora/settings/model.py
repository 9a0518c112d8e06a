"""The base class of every settings class: frozen, described, and silent about secrets."""

import typing
from collections.abc import Iterator
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr

from azora.observe.masking import STARS, mask_url


class Url:
    """Marks a string as an address whose password is never shown."""


class Changeable:
    """Marks a setting that may change while the campus runs."""


T = TypeVar("T")
Live = Annotated[T, Changeable()]
"""`Live[int]` may be changed in the browser: its plugin reads it from `self.settings` at every use."""
Address = Annotated[str, Url()]
Seconds = Annotated[float, Field(gt=0)]
Bytes = Annotated[int, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class Settings(BaseModel):
    """What a plugin is told. Each field needs a description; unknown names are refused.

    A field `page_size` of plugin `library` is `[library] page_size` in azora.toml and
    `AZORA_LIBRARY_PAGE_SIZE` in the environment or among the secret files.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True
    )
    _sources: dict[str, str] = PrivateAttr(default_factory=dict)

    def source_of(self, name: str) -> str:
        """Where the value of a field came from: `default`, `environment AZORA_PORT`, `argument`, …"""
        given = "argument" if name in self.model_fields_set else "default"
        return self._sources.get(name, given)

    def shown(self, name: str) -> str:
        """The value of a field as it may be printed: secrets and passwords are stars."""
        value = getattr(self, name)
        if isinstance(value, SecretStr):
            return STARS
        if Url in _marks(type(self).model_fields[name]):
            value = _mask_urls(value)
        return "" if value is None else str(value)

    @classmethod
    def is_live(cls, name: str) -> bool:
        """Whether a field may change while the campus runs; a secret never does."""
        field = cls.model_fields[name]
        return Changeable in _marks(field) and field.annotation is not SecretStr

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        return ((name, self.shown(name)) for name in type(self).model_fields)

    __str__ = BaseModel.__repr__


def _marks(field: Any) -> set[type]:
    """The types of the annotations anywhere inside a field's type."""
    found = {type(mark) for mark in field.metadata}
    open_types = [field.annotation]
    while open_types:
        kind = open_types.pop()
        found |= {type(mark) for mark in getattr(kind, "__metadata__", ())}
        open_types += typing.get_args(kind)
    return found


def _mask_urls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: mask_url(url) for key, url in value.items()}
    return mask_url(value) if isinstance(value, str) else value
