"""What a plan would do, for people to read: a line for each object that comes or goes, and each field that
changes. Nothing of a Secret is in it, and no setting that is named like one.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from azora_operator.children.deployment import SECRETS_ANNOTATION
from azora_operator.observed import Observed, key_of
from azora_operator.rendering import HASH_ANNOTATION, REVISION_LABEL, Object

ANNOTATION = "azora.dev/plan"
_LINES, _WIDTH = 100, 120
_HIDDEN = frozenset({HASH_ANNOTATION, REVISION_LABEL})
_PRIVATE = re.compile(r"SECRET|PASSWORD|PASSPHRASE|TOKEN|KEY|CREDENTIAL|DSN|_URL$")
_NOTHING = "nothing"

Field = tuple[str, Any, Any]
"""Where it is, what is there and what would be."""


def is_previewed(resource: Object | None) -> bool:
    """Whether somebody only asks what would be done."""
    annotations = (resource or {"metadata": {}})["metadata"].get("annotations") or {}
    return annotations.get(ANNOTATION) == "true"


def preview(write: Iterable[Object], delete: Iterable[Object], seen: Observed) -> list[str]:
    """The lines of a plan, the most interesting hundred."""
    lines = [line for child in write for line in _written(child, seen)]
    lines += [f"delete {_name(child)}" for child in delete]
    more = len(lines) - _LINES
    return [*lines[:_LINES], *([f"… and {more} more"] if more > 0 else [])]


def _written(child: Object, seen: Observed) -> Iterator[str]:
    before = seen.children.get(key_of(child))
    if before is None:
        yield f"create {_name(child)}"
        before = _predecessor(child, seen)
        told = [] if before is None else [*_fields(before.get("data"), child["data"], "data")]
    else:
        told = [*_fields(before, child, "")]
        if not told:
            yield f"change {_name(child)}: what is no longer asked for goes"
    for path, now, then in told:
        yield f"change {_name(child)}: {_change(path, now, then)}"


def _predecessor(child: Object, seen: Observed) -> Object | None:
    """The ConfigMap that the pods read now, in whose place another comes: each is immutable."""
    deployment = next(iter(seen.of_kind("Deployment")), None)
    if child["kind"] != "ConfigMap" or deployment is None:
        return None
    (container,) = deployment["spec"]["template"]["spec"]["containers"][:1]
    names = {each.get("configMapRef", {}).get("name") for each in container.get("envFrom", ())}
    return next((each for each in seen.of_kind("ConfigMap") if _own_name(each) in names), None)


def _fields(now: Any, then: Any, path: str) -> Iterator[Field]:
    """Where they differ; what others have put beside what is ours does not count."""
    if isinstance(now, dict) and isinstance(then, dict):
        keys = [*then, *(now.keys() - then.keys() if path == "data" else ())]
        for key in keys:
            if key not in _HIDDEN and then.get(key, ...) not in ({}, []):
                yield from _fields(now.get(key), then.get(key), f"{path}.{key}".lstrip("."))
    elif _is_named(now) and _is_named(then):
        before, after = ({each["name"]: each for each in some} for some in (now, then))
        for name in before | after:
            yield from _fields(before.get(name), after.get(name), f"{path}[{name}]")
    elif now != then:
        yield path, now, then


def _is_named(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(e, dict) and "name" in e for e in value)


def _change(path: str, now: Any, then: Any) -> str:
    if path.endswith(SECRETS_ANNOTATION):
        before = set(str(now).split(","))
        names = [each.partition("=")[0] for each in str(then).split(",") if each not in before]
        return f"pods are replaced, for another Secret {', '.join(names)}"
    if _PRIVATE.search(path.rpartition(".")[2]):
        return f"{path}: another value"
    return f"{path}: {_value(now)} → {_value(then)}"


def _value(value: Any) -> str:
    if value is None:
        return _NOTHING
    written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return written if len(written) <= _WIDTH else f"{written[:_WIDTH]}…"


def _name(child: Object) -> str:
    return f"{child['kind']}/{_own_name(child)}"


def _own_name(child: Object) -> str:
    return str(child["metadata"]["name"])
