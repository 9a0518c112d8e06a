"""Whether an object of the cluster is as it was rendered; what others added beside does not count."""

from typing import Any

from azora_operator.rendering import HASH_ANNOTATION, Object


def differs(desired: Object, actual: Object | None) -> bool:
    """Whether it must be written: it is gone, was rendered otherwise, or somebody has changed it."""
    if actual is None:
        return True
    rendered = actual["metadata"].get("annotations", {}).get(HASH_ANNOTATION)
    if rendered != desired["metadata"]["annotations"][HASH_ANNOTATION]:
        return True
    return not _covers(actual, desired)


def _covers(actual: Any, desired: Any) -> bool:
    if isinstance(desired, dict):
        return isinstance(actual, dict) and all(
            _covers(actual.get(key), value)
            for key, value in desired.items()
            if value not in ({}, [])
        )
    if isinstance(desired, list):
        return (
            isinstance(actual, list)
            and len(actual) == len(desired)
            and all(map(_covers, actual, desired))
        )
    return bool(actual == desired)
