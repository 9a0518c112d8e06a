"""What a bulk edit makes of one record: values before, values after. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from azora.errors import invalid
from azora_library import domain
from azora_library.bulk.contracts import Changes
from azora_library.catalogue.contracts import UpdateResource

LISTS = ("authors", "tags")
MAY_BE_EMPTY = ("category", "publisher", "content")
SETTABLE = ("category", "language", "type", "publisher", "record_access", "file_access")


def touched(changes: Changes) -> list[str]:
    """The fields that these changes are about."""
    found = [name for name in SETTABLE if getattr(changes, f"set_{name}") is not None]
    found += changes.clear
    if changes.add_tags or changes.remove_tags:
        found.append("tags")
    if changes.replace_in and changes.find_text:
        found.append(changes.replace_in)
    if changes.set_custom or changes.clear_custom:
        found.append("custom")
    return list(dict.fromkeys(found))


def changed(before: Mapping[str, Any], changes: Changes) -> dict[str, Any]:
    """The values that differ afterwards, of its own fields those that are said. Raises Invalid where the
    record could not be so.

    Text is replaced first, then fields are emptied and set, then tags removed and added.
    """
    after = {name: before[name] for name in touched(changes)}
    if changes.replace_in and changes.find_text:
        name = changes.replace_in
        after[name] = _replaced(name, before[name], changes.find_text, changes.replace_with)
    after |= dict.fromkeys(changes.clear)
    for field in SETTABLE:
        if (value := getattr(changes, f"set_{field}")) is not None:
            after[field] = value
    if "tags" in after:
        after["tags"] = _tagged(after["tags"], changes)
    if "custom" in after:
        after["custom"] = {**dict.fromkeys(changes.clear_custom), **changes.set_custom}
    differing = {name: value for name, value in after.items() if value != before[name]}
    return _checked(differing)


def _replaced(name: str, value: Any, old: str, new: str) -> Any:
    if value is None:
        return None
    if name in LISTS:
        return domain.distinct(text.replace(old, new) for text in value)
    text = value.replace(old, new).strip()
    return None if not text and name in ("category", "publisher") else text


def _tagged(tags: Iterable[str], changes: Changes) -> list[str]:
    removed = {tag.casefold() for tag in changes.remove_tags}
    kept = [tag for tag in tags if tag.casefold() not in removed]
    return domain.distinct([*kept, *changes.add_tags])


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """The values as the catalogue takes them; what is emptied needs no check."""
    try:
        said = UpdateResource.model_validate({"id": "-", **values})
    except ValidationError as error:
        raise invalid(error) from None
    known = UpdateResource.model_fields
    return {
        name: getattr(said, name) if name in known and value is not None else value
        for name, value in values.items()
    }
