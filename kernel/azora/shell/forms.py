"""A form between browser and request model: what was typed, what it means, and what is wrong with it.

Labels aside, everything that an input says of itself (required, limits, choices) comes from the
request model of the form's operation: a fact is written once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError
from werkzeug.datastructures import MultiDict

from azora.errors import AzoraError, FieldError
from azora.messages import FileRef, Request
from azora.shell.words import field_words, form_words

_ATTRIBUTES = {
    "maxLength": "maxlength",
    "minLength": "minlength",
    "minimum": "min",
    "maximum": "max",
    "multipleOf": "step",
}
_INPUT_TYPES = {
    "integer": "number",
    "number": "number",
    "boolean": "checkbox",
    "password": "password",
    "email": "email",
    "uri": "url",
    "date": "date",
}
_SECRET = ("password", "file")


@dataclass(frozen=True)
class Field:
    """One input as its template needs it."""

    name: str
    id: str
    type: str
    value: Any
    error: str
    required: bool
    attributes: dict[str, Any]
    choices: list[tuple[Any, str]]
    between: str = ", "

    @property
    def text(self) -> str:
        """The value as one text; a list with what stands between its values."""
        if isinstance(self.value, list | tuple):
            return self.between.join(map(str, self.value))
        return "" if self.value is None else str(self.value)


@dataclass
class FormView:
    """A form of a page in one of its states: new, or come back with errors and all that was typed.

    `answer` is the reply of a form that leads nowhere else; `arrived` has the files that it brought, and
    `kept` the name and the signed note of each, to hand it in again; `labels` fills as inputs are drawn;
    `asked` names inputs that want an answer though the model would do without; `draft` is what it knows of
    drafts (`azora.shell.drafts.FormDraft`), where those are kept.
    """

    name: str
    model: type[Request]
    typed: Mapping[str, list[str]] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    error: str = ""
    submitted: bool = False
    answer: Any = None
    kept: dict[str, tuple[str, str]] = field(default_factory=dict)
    arrived: dict[str, FileRef] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    draft: Any = None

    @property
    def takes_file(self) -> bool:
        return bool(file_fields(self.model))

    def field(self, name: str, default: Any = None, label: str = "") -> Field:
        """The input `name`; `default` is its value until something is typed."""
        self.labels[name] = label
        kind, attributes, choices, required = _input(self.model, name)
        return Field(
            name=name,
            id=f"{self.name}-{name}",
            type=kind,
            value=None if kind in _SECRET else self._value(name, kind, default),
            error=" ".join(self.errors.get(name, ())),
            required=required or name in self.asked,
            attributes=attributes,
            choices=[(choice, str(choice)) for choice in choices],
            between="\n" if _between(self.model, name) == "\n" else ", ",
        )

    def echoes(self, name: str) -> bool:
        """Whether what was typed may be sent back: fields of the form that hold no secret."""
        head = name.partition(".")[0]
        return head in self.model.model_fields and _kind(self.model, head) not in _SECRET

    def refuse(self, error: AzoraError) -> None:
        """Take in what the operation, or its model, found wrong."""
        for wrong in error.fields:
            self._blame(wrong)
        if not error.fields:
            self.error = form_words(error)

    def _blame(self, wrong: FieldError) -> None:
        name, _, inner = wrong.get("field", "").partition(".")
        if inner and _kind(self.model, name) == "table":
            name = f"{name}.{inner.partition('.')[0]}"
        words = field_words(wrong)
        if not name:
            self.error = words
        elif words not in self.errors.setdefault(name, []):
            self.errors[name].append(words)

    def _value(self, name: str, kind: str, default: Any) -> Any:
        if not self.submitted and name not in self.typed:
            return (
                ", ".join(map(str, default))
                if isinstance(default, list | tuple) and kind != "multiple"
                else default
            )
        values = list(self.typed.get(name, ()))
        if kind == "multiple":
            return values
        return values[-1] if values else ""


def decode(model: type[Request], typed: Mapping[str, list[str]]) -> dict[str, Any]:
    """What was typed as values for the request model: blanks are absent, unless a text may be blank."""
    values: dict[str, Any] = {}
    for name in model.model_fields:
        if _kind(model, name) == "table" and (inner := _inner(model, name, typed)):
            values[name] = inner
        given = typed.get(name)
        if given is None:
            continue
        given = [text.replace("\r\n", "\n") for text in given]
        kind = _kind(model, name)
        if kind == "multiple":
            values[name] = _several(given, _between(model, name))
        elif given[-1].strip() or _may_be_blank(model, name):
            values[name] = given[-1]
    return values


def typed_of(*sources: MultiDict[str, str] | Mapping[str, str]) -> dict[str, list[str]]:
    """Several sources as one mapping of lists; later sources win."""
    merged: dict[str, list[str]] = {}
    for source in sources:
        pairs: Iterable[tuple[str, list[str]]] = (
            source.lists()
            if isinstance(source, MultiDict)
            else ((key, [text]) for key, text in source.items())
        )
        merged |= dict(pairs)
    return merged


@lru_cache(maxsize=512)
def file_fields(model: type[Request]) -> tuple[str, ...]:
    """The fields that an uploaded file fills."""
    return tuple(name for name in model.model_fields if _kind(model, name) == "file")


def is_list(model: type[Request], name: str) -> bool:
    """Whether a field takes several values."""
    return _kind(model, name) == "multiple"


def _inner(
    model: type[Request], name: str, typed: Mapping[str, list[str]]
) -> dict[str, str | list[str]]:
    """What was typed into the inputs `name.…` of a field that is a table of values, or of lists of them."""
    start, lists = f"{name}.", _holds_lists(model, name)
    found: dict[str, str | list[str]] = {}
    for key, texts in typed.items():
        if key.startswith(start):
            told = [text.replace("\r\n", "\n") for text in texts]
            found[key.removeprefix(start)] = told if lists and len(told) > 1 else told[-1]
    return found


@lru_cache(maxsize=512)
def _holds_lists(model: type[Request], name: str) -> bool:
    """Whether the values of a table may be lists."""
    values = _property(model, name).get("additionalProperties")
    branches = values.get("anyOf", [values]) if isinstance(values, dict) else []
    return any(branch.get("type") == "array" for branch in branches)


def _several(given: list[str], between: str) -> list[str]:
    """One text holds values between commas or line breaks; several values are one each."""
    pieces = given[0].replace("\n", between).split(between) if len(given) == 1 else given
    return [piece.strip() for piece in pieces if piece.strip()]


def _between(model: type[Request], name: str) -> str:
    """What stands between the values of a list: a comma, unless the field has one value per line."""
    return "\n" if _property(model, name).get("x-one-per-line") else ","


@lru_cache(maxsize=512)
def _schema(model: type[Request]) -> dict[str, Any]:
    return model.model_json_schema()


def _property(model: type[Request], name: str) -> dict[str, Any]:
    """The JSON Schema of a field without its null branch and its references."""
    schema = _schema(model)
    found: dict[str, Any] = schema.get("properties", {}).get(name, {})
    branches = [branch for branch in found.get("anyOf", ()) if branch.get("type") != "null"]
    if branches:
        found = {**branches[0], **{key: value for key, value in found.items() if key != "anyOf"}}
    if reference := found.get("$ref"):
        found = {**schema["$defs"][reference.rpartition("/")[2]], **found}
    return found


@lru_cache(maxsize=4096)
def _kind(model: type[Request], name: str) -> str:
    found = _property(model, name)
    if found.get("type") == "array":
        return "multiple"
    if found.get("type") == "object" and "digest" in found.get("properties", ()):
        return "file"
    if found.get("type") == "object" and "additionalProperties" in found:
        return "table"
    if "enum" in found or "const" in found:
        return "choice"
    return _INPUT_TYPES.get(found.get("format", "")) or _INPUT_TYPES.get(
        found.get("type", ""), "text"
    )


@lru_cache(maxsize=4096)
def _input(model: type[Request], name: str) -> tuple[str, dict[str, Any], list[Any], bool]:
    """Type, attributes, choices, and whether an answer is needed."""
    found = _property(model, name)
    kind = _kind(model, name)
    attributes = {_ATTRIBUTES[key]: found[key] for key in _ATTRIBUTES if key in found}
    choices = found.get("enum") or ([found["const"]] if "const" in found else [])
    if kind == "multiple":
        choices = found.get("items", {}).get("enum", [])
        attributes = {}
    required = name in _schema(model).get("required", ()) and not _may_be_blank(model, name)
    return kind, attributes, choices, required


@lru_cache(maxsize=4096)
def _may_be_blank(model: type[Request], name: str) -> bool:
    """Whether a blank is an answer: the field is text, and its own rules let "" pass."""
    info = model.model_fields[name]
    if info.annotation is not str:
        return False
    try:
        TypeAdapter(Annotated[str, *info.metadata] if info.metadata else str).validate_python("")
    except ValidationError:
        return False
    return True
