"""A draft against its record: which revision both began with, and what each made of it since."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from azora.errors import FieldError, Invalid, NotFound
from azora.shell.forms import decode
from azora_library.catalogue.contracts import ReplaceResource
from azora_library.catalogue.models import ResourceRow
from azora_library.catalogue.rows import described
from azora_library.custom import rules
from azora_library.custom.declared import CustomFields
from azora_library.custom.reading import spoken
from azora_library.drafts.models import DraftRow
from azora_library.history.versions import OWN, as_text, said_at, snapshot, spread
from azora_library.merging.contracts import ClashField
from azora_library.merging.threeway import Merged, Side, merge

PER_LINE = ("authors",)
"""Lists that a form writes with one value on each line; the others have commas between them."""


class Against(NamedTuple):
    """The fields that somebody changed, and whether it is known what both began with."""

    fields: list[Merged]
    origin_known: bool


def against(row: ResourceRow, draft: DraftRow) -> Against:
    """The draft of a record three ways against what the record says now. Raises Invalid."""
    said = _said(row.id, draft)
    before = _before(row, said.if_revision)
    theirs, mine = snapshot(row), described(said)
    mine.pop("details", None)
    own = _own(mine.pop("custom", {}), before or theirs, said.type)
    found = merge(before and spread(before), spread(theirs), mine | own)
    return Against(found, before is not None)


def settled(fields: list[Merged], take: Mapping[Any, Side]) -> dict[str, Any]:
    """The value of each field. Raises Invalid, naming those that nobody chose."""
    missing = [one.field for one in fields if one.by is None and one.field not in take]
    if missing:
        raise Invalid(
            "Some fields are not right.",
            fields=[
                FieldError(field=f"take.{name}", code="missing", detail="Choose one of them.")
                for name in missing
            ],
        )
    return {one.field: one.value if one.by else one.taken(take[one.field]) for one in fields}


def shown(one: Merged) -> ClashField:
    return ClashField(
        field=one.field,
        before=as_text(one.before),
        theirs=as_text(one.theirs),
        mine=as_text(one.mine),
        merged=as_text(one.value) if one.by else "",
        settled=one.by,
    )


def typed(values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Values as the form would send them."""
    return {name: [_text(name, value)] for name, value in values.items()}


def _text(name: str, value: Any) -> str:
    if name.startswith(OWN):
        return spoken(value)
    if isinstance(value, list):
        return ("\n" if name in PER_LINE else ", ").join(value)
    return as_text(value)


def _said(id: str, draft: DraftRow) -> ReplaceResource:
    try:
        return ReplaceResource.model_validate(decode(ReplaceResource, draft.typed) | {"id": id})
    except ValidationError:
        raise _unfinished() from None


def _own(said: Mapping[str, Any], before: Mapping[str, Any], type: str) -> dict[str, Any]:
    """What the draft says of the campus's own fields, each beside the others. Raises Invalid."""
    try:
        after = rules.settled(CustomFields().declared, before.get("custom", {}), said, type, "some")
    except Invalid:
        raise _unfinished() from None
    return {f"{OWN}{name}": after.get(name) for name in said}


def _unfinished() -> Invalid:
    return Invalid(
        "This draft cannot be saved as it is: go on with it, and put right what is marked.",
        code="library.draft_unfinished",
    )


def _before(row: ResourceRow, revision: int | None) -> dict[str, Any] | None:
    try:
        return said_at(row, revision) if revision else None
    except NotFound:
        return None
