"""What was told of an identifier before: taken along when the resource is added."""

from typing import Any

from azora_library.catalogue.contracts import Description
from azora_library.catalogue.details import as_stored
from azora_library.lookup.models import LookupRow


def details_of(looked_up: str | None) -> dict[str, Any]:
    """The details, such as a journal and its pages, of what was looked up as `kind:value`."""
    kind, _, value = (looked_up or "").partition(":")
    row = LookupRow.get_or_none((LookupRow.kind == kind) & (LookupRow.value == value))
    if row is None or not row.record:
        return {}
    return as_stored(Description.model_validate(row.record).details)
