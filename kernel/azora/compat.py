"""Does what one side sends fit what the other side reads? Answered on JSON Schemas, field by field.

Used at load (a consumer's slice against the provider's models), by the test that compares with the
last released contracts, and nowhere at run time.
"""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

Schema = dict[str, Any]

_BOUNDS = {
    "minimum": max, "exclusiveMinimum": max, "minLength": max, "minItems": max,
    "maximum": min, "exclusiveMaximum": min, "maxLength": min, "maxItems": min,
}  # fmt: skip


def mismatches(sent: type[BaseModel], read: type[BaseModel], *, limits: bool = True) -> list[str]:
    """Why values of `sent` would not always be valid for `read`; one line for each field, [] if they fit.

    Without `limits`, bounds and patterns do not count: a caller that oversteps one is told so then.
    """
    sender = sent.model_json_schema(mode="serialization")
    reader = read.model_json_schema(mode="validation")
    return list(
        compare(sender if limits else _unlimited(sender), reader if limits else _unlimited(reader))
    )


def compare(sent: Schema, read: Schema) -> Iterator[str]:
    """The same for two JSON Schemas, each with its own `$defs`."""
    yield from _compare(sent, read, sent.get("$defs", {}), read.get("$defs", {}), "", frozenset())


def _compare(
    sent: Schema,
    read: Schema,
    sent_defs: Schema,
    read_defs: Schema,
    path: str,
    seen: frozenset[tuple[str, str]],
) -> Iterator[str]:
    names = (sent.get("$ref", ""), read.get("$ref", ""))
    if all(names):
        if names in seen:
            return
        seen |= {names}
    sent, read = _resolve(sent, sent_defs), _resolve(read, read_defs)
    choices = _choices(sent)
    if len(choices) > 1 or len(_choices(read)) > 1:
        for choice in choices:
            found = [
                list(_compare(choice, option, sent_defs, read_defs, path, seen))
                for option in _choices(read)
            ]
            if all(found):
                yield (
                    min(found, key=len)[0]
                    if len(found) == 1
                    else f"{path or 'value'}: may be {_word(choice)}"
                )
        return
    yield from _compare_type(sent, read, path)
    yield from _compare_limits(sent, read, path)
    if "properties" in read:
        yield from _compare_properties(sent, read, sent_defs, read_defs, path, seen)
    for key in ("items", "additionalProperties"):
        if isinstance(sent.get(key), dict) and isinstance(read.get(key), dict):
            yield from _compare(sent[key], read[key], sent_defs, read_defs, f"{path}[]", seen)


def _compare_properties(
    sent: Schema,
    read: Schema,
    sent_defs: Schema,
    read_defs: Schema,
    path: str,
    seen: frozenset[tuple[str, str]],
) -> Iterator[str]:
    offered = sent.get("properties", {})
    for name, schema in read["properties"].items():
        field = f"{path}.{name}" if path else name
        if name in offered:
            yield from _compare(offered[name], schema, sent_defs, read_defs, field, seen)
            if name in read.get("required", ()) and name not in sent.get("required", ()):
                yield f"{field}: required, but may be absent"
        elif name in read.get("required", ()):
            yield f"{field}: required, but not there"


def _compare_type(sent: Schema, read: Schema, path: str) -> Iterator[str]:
    kinds = (sent.get("type"), read.get("type"))
    if kinds[1] is None or kinds == ("integer", "number"):
        pass
    elif kinds[0] != kinds[1] or (read.get("format") and read["format"] != sent.get("format")):
        yield f"{path or 'value'}: {_word(sent)}, not {_word(read)}"
    allowed = read.get("enum") or ([read["const"]] if "const" in read else None)
    given = sent.get("enum") or ([sent["const"]] if "const" in sent else None)
    if allowed and (given is None or not set(given) <= set(allowed)):
        extra = sorted(set(given or ()) - set(allowed)) or "anything"
        yield f"{path or 'value'}: may be {extra}, of which only {allowed} are read"


def _compare_limits(sent: Schema, read: Schema, path: str) -> Iterator[str]:
    for limit, stricter in _BOUNDS.items():
        if limit in read and (
            limit not in sent or stricter(sent[limit], read[limit]) != sent[limit]
        ):
            yield f"{path or 'value'}: {limit} is {read[limit]} for the reader, {sent.get(limit, 'none')} for the sender"
    if "pattern" in read and sent.get("pattern") != read["pattern"]:
        yield f"{path or 'value'}: not bound to the pattern {read['pattern']}"


def _unlimited(schema: Any) -> Any:
    """The schema without bounds and patterns, at every depth."""
    if isinstance(schema, dict):
        return {
            key: _unlimited(value)
            for key, value in schema.items()
            if not (key in (*_BOUNDS, "pattern") and not isinstance(value, dict))
        }
    return [_unlimited(item) for item in schema] if isinstance(schema, list) else schema


def _choices(schema: Schema) -> list[Schema]:
    return schema.get("anyOf") or schema.get("oneOf") or [schema]


def _resolve(schema: Schema, defs: Schema) -> Schema:
    if "$ref" in schema:
        return _resolve(defs[schema["$ref"].rpartition("/")[2]], defs)
    if len(schema.get("allOf", ())) == 1:
        return _resolve(
            {**schema["allOf"][0], **{k: v for k, v in schema.items() if k != "allOf"}}, defs
        )
    return schema


def _word(schema: Schema) -> str:
    return str(schema.get("format") or schema.get("type") or schema.get("enum") or "anything")
