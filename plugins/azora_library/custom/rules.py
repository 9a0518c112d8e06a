"""What becomes of a record's own fields when something else is said of them. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from azora.errors import FieldError, Invalid
from azora_library.custom.reading import Declared, Wrong, read

Asking = Literal["all", "some", "again"]
"""How much a change says: all of a record, so that what is required must be there; some of it; or again
what the record said before, which was sound then."""

Values = dict[str, Any]


def settled(
    declared: Mapping[str, Declared],
    before: Mapping[str, Any],
    said: Mapping[str, Any],
    type: str,
    asking: Asking,
) -> Values:
    """The values afterwards. Raises Invalid, naming each field that does not fit."""
    if asking == "again":
        again = {name: _again(declared.get(name), value) for name, value in said.items()}
        return {name: value for name, value in again.items() if value is not None}
    after, problems = dict(before), list[FieldError]()
    for name, value in said.items():
        try:
            after[name] = _value(declared.get(name), before.get(name), value, type)
        except Wrong as wrong:
            problems.append(_problem(name, wrong))
    after = {name: value for name, value in after.items() if value is not None}
    wrong_already = {problem["field"] for problem in problems}
    for name in _missing(declared.values(), before, after, type, asking):
        if f"custom.{name}" not in wrong_already:
            problems.append(_problem(name, Wrong("library.field_required", "This is needed.")))
    if problems:
        raise Invalid("Some fields are not right.", fields=problems)
    return after


def _value(field: Declared | None, before: Any, said: Any, type: str) -> Any:
    """The value that is said; what stays as it was is left alone, whatever is declared by now."""
    if said is not None and said == before and isinstance(said, bool) == isinstance(before, bool):
        return before
    if said is None:
        return None
    if field is None:
        raise Wrong("library.unknown_custom_field", "This campus declares no such field.")
    value = read(field, said)
    if value is None or value == before:
        return value
    if field.retired:
        raise Wrong("library.field_retired", "This field takes no new values.")
    if not field.belongs_to(type):
        raise Wrong(
            "library.field_of_other_types", "Resources of this kind do not have this field."
        )
    return value


def _again(field: Declared | None, said: Any) -> Any:
    """What a record said before, as far as the field takes it still; a choice that was struck out since does."""
    if field is None:
        return None
    try:
        return read(field, said)
    except Wrong:
        return said if field.kind == "choice" and isinstance(said, list) == field.many else None


def _missing(
    declared: Any, before: Mapping[str, Any], after: Values, type: str, asking: Asking
) -> Iterator[str]:
    """The names of required fields that have no value, and should."""
    for field in declared:
        needed = field.required and not field.retired and field.belongs_to(type)
        if needed and field.name not in after and (asking == "all" or field.name in before):
            yield field.name


def _problem(name: str, wrong: Wrong) -> FieldError:
    problem = FieldError(field=f"custom.{name}", code=wrong.code, detail=wrong.detail)
    limits = {key: one for key, one in wrong.context.items() if isinstance(one, str | int | float)}
    return {**problem, "context": limits} if limits else problem
