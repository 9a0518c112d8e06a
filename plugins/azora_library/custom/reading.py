"""A value of a declared field, read as a program, a form or a table says it. Pure."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any, NamedTuple

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from azora_library.catalogue.fields import Line, Link
from azora_library.custom.values import Kind, LongText, Words

LARGEST = 1e15
"""A number beyond it would not come back from JSON as it was."""

_YES = ("true", "yes", "yebo", "1", "on")
_NO = ("false", "no", "cha", "0", "off")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class Declared(NamedTuple):
    """A field as it is declared. `types` are the types of resources that have it; none means all."""

    name: str
    kind: Kind
    many: bool = False
    required: bool = False
    types: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    facet: bool = False
    searchable: bool = False
    public: bool = True
    retired: bool = False
    number: int = 0

    def belongs_to(self, type: str) -> bool:
        return not self.types or type in self.types


class Wrong(Exception):
    """Why something is no value of a field: a code that people's words are known by, and a sentence."""

    def __init__(self, code: str, detail: str, context: dict[str, Any] | None = None) -> None:
        super().__init__(detail)
        self.code, self.detail, self.context = code, detail, context or {}


def read(field: Declared, said: Any) -> Any:
    """The value in its form, or None where nothing is said. Raises Wrong.

    Several values stand in a list, or one on each line of a text.
    """
    if field.many:
        parts = said.split("\n") if isinstance(said, str) else _listed(said)
        values = [_READERS[field.kind](field, part) for part in parts if not _blank(part)]
        return list(dict.fromkeys(values)) or None
    parts = [part for part in _listed(said) if not _blank(part)]
    if len(parts) > 1:
        raise Wrong("library.one_value", "Give one value.")
    return _READERS[field.kind](field, parts[0]) if parts else None


def spoken(value: Any) -> str:
    """A value as one text, from which `read` makes it again; of several, one on each line."""
    if isinstance(value, list | tuple):
        return "\n".join(map(spoken, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def texts(value: Any) -> list[str]:
    """Each value as a text of its own."""
    return [spoken(one) for one in _listed(value)]


def _listed(said: Any) -> Sequence[Any]:
    return said if isinstance(said, list | tuple) else [said]


def _blank(said: Any) -> bool:
    return said is None or (isinstance(said, str) and not said.strip())


def _as(form: Any) -> Callable[[Declared, Any], Any]:
    adapter = TypeAdapter(form)

    def one(field: Declared, said: Any) -> Any:
        try:
            return adapter.validate_python(_tidy(said))
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            raise Wrong(first["type"], first["msg"], first.get("ctx")) from None

    return one


def _tidy(said: Any) -> Any:
    """A text with line breaks as we have them, and without what nobody sees at its beginning."""
    if not isinstance(said, str):
        return said
    return said.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", "")


_FINITE = TypeAdapter(Annotated[float, Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False)])


def _number(field: Declared, said: Any) -> int | float:
    if isinstance(said, bool):
        raise Wrong("float_parsing", "Write a number.")
    try:
        value = _FINITE.validate_python(said)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise Wrong(first["type"], first["msg"], first.get("ctx")) from None
    return int(value) if value.is_integer() else value


def _date(field: Declared, said: Any) -> str:
    try:
        if isinstance(said, str) and _DATE.fullmatch(said.strip()):
            return date.fromisoformat(said.strip()).isoformat()
    except ValueError:
        pass
    raise Wrong("date_parsing", "Write a date, such as 2026-11-23.")


def _boolean(field: Declared, said: Any) -> bool:
    if isinstance(said, bool):
        return said
    word = str(said).strip().casefold()
    if word in _YES or word in _NO:
        return word in _YES
    raise Wrong("bool_parsing", "Choose yes or no.")


def _choice(field: Declared, said: Any) -> str:
    """One of the choices, however its capitals are written."""
    word = spoken(said).strip()
    folded = {choice.casefold(): choice for choice in field.choices}
    found = word if word in field.choices else folded.get(word.casefold())
    if found is None:
        raise Wrong("literal_error", f"Choose one of {', '.join(field.choices[:20])}.")
    return found


_READERS: dict[Kind, Callable[[Declared, Any], Any]] = {
    "text": _as(Words),
    "long_text": _as(LongText),
    "number": _number,
    "date": _date,
    "boolean": _boolean,
    "choice": _choice,
    "link": _as(Link),
    "identifier": _as(Annotated[Line, StringConstraints(max_length=300, pattern=r"^\S+$")]),
}
