"""The operations on declared fields, and the handler of the work behind."""

from typing import Any

from azora import Service, on_event, operation
from azora.data.failures import unless_taken
from azora.errors import Conflict, FieldError, Invalid, NotFound
from azora_library.catalogue.access import MANAGE
from azora_library.catalogue.types import require_type
from azora_library.custom import contracts, work
from azora_library.custom.models import FieldRow
from azora_library.custom.values import MOST_FIELDS, SEVERAL
from azora_library.discovery.query import OWN_FIELDS

DECLARE = "library.declare_fields"
SHOWN = tuple(contracts.CustomField.model_fields)
CHANGEABLE = tuple(name for name in contracts.UpdateField.model_fields if name != "name")
FILED = ("facet", "searchable", "public")
"""What a field is found by: where one of these changes, its resources are filed anew."""


class Fields(Service):
    """What a campus wants to know of its resources beyond what every library does."""

    @operation("GET /fields", public=True)
    def list_fields(self, request: contracts.ListFields) -> contracts.CustomFieldList:
        """List the fields that this campus declares for its resources"""
        actor = self.actor_or_none
        rows = FieldRow.select().order_by(FieldRow.place, FieldRow.number)
        if not (actor and (actor.may(MANAGE) or actor.may(DECLARE))):
            rows = rows.where(FieldRow.public)
        return contracts.CustomFieldList(items=[_said(row) for row in rows])

    @operation("POST /fields", permission=DECLARE)
    def add_field(self, request: contracts.AddField) -> contracts.CustomField:
        """Declare a field for resources"""
        row = FieldRow(**request.model_dump())
        taken = Conflict(
            "There is a field of this name already: take another.", code="library.field_exists"
        )
        with self.transaction(), unless_taken(taken):
            if FieldRow.select().count() >= MOST_FIELDS:
                raise _unfit("name", f"A campus may declare {MOST_FIELDS} fields.")
            self._check(row)
            row.save(force_insert=True)
        return _said(row)

    @operation("GET /fields/{name}", permission=DECLARE)
    def read_field(self, request: contracts.FieldRef) -> contracts.FieldWithUse:
        """Read a field, and how many resources have a value of it"""
        row = _find(request.name)
        said = {name: getattr(row, name) for name in SHOWN}
        return contracts.FieldWithUse(**said, records=work.holders(row.name))

    @operation("PATCH /fields/{name}", permission=DECLARE)
    def update_field(self, request: contracts.UpdateField) -> contracts.CustomField:
        """Change what is declared of a field; values that resources have stay"""
        with self.transaction():
            row = _find(request.name)
            before = [getattr(row, name) for name in FILED]
            for name in CHANGEABLE:
                if (value := getattr(request, name)) is not None:
                    setattr(row, name, value)
            self._check(row)
            row.save()
            if before != [getattr(row, name) for name in FILED]:
                work.begin(self.hosted, row)
        return _said(row)

    @operation("POST /fields/{name}/retire", permission=DECLARE, idempotent=True)
    def retire_field(self, request: contracts.FieldRef) -> contracts.CustomField:
        """Take no new values of a field; those that are there stay readable"""
        return self._retire(request.name, retired=True)

    @operation("POST /fields/{name}/reinstate", permission=DECLARE, idempotent=True)
    def reinstate_field(self, request: contracts.FieldRef) -> contracts.CustomField:
        """Take values of a retired field again"""
        return self._retire(request.name, retired=False)

    @operation("DELETE /fields/{name}", permission=DECLARE)
    def remove_field(self, request: contracts.RemoveField) -> None:
        """Remove a field that no resource has, or with all its values"""
        with self.transaction():
            row = _find(request.name)
            if not work.holders(row.name):
                row.delete_instance()
                return
            if not request.with_values:
                raise Conflict(
                    "Resources have values of this field, so nothing was removed. Retire it, or remove it "
                    "with its values.",
                    code="library.field_in_use",
                )
            row.retired = row.removing = True
            row.save()
            work.begin(self.hosted, row)

    @on_event("library.field_reworked")
    def rework(self, event: contracts.FieldReworked) -> None:
        with self.transaction():
            work.go_on(self.hosted, event)

    def _retire(self, name: str, *, retired: bool) -> contracts.CustomField:
        with self.transaction():
            row = _find(name)
            if row.removing:
                raise Conflict("This field is being removed.", code="library.field_in_use")
            row.retired = retired
            row.save()
        return _said(row)

    def _check(self, row: FieldRow) -> None:
        """Raise Invalid for what does not go together."""
        if row.name in OWN_FIELDS:
            raise _unfit("name", "The search knows this name already: take another.")
        if (row.kind == "choice") != bool(row.choices):
            raise _unfit("choices", "Say what may be chosen, for the kind “one of a list” alone.")
        if row.many and row.kind not in SEVERAL:
            raise _unfit("many", "A field of this kind has one value.")
        if not row.public and (row.facet or row.searchable):
            raise _unfit("public", "What readers are not shown cannot be searched by them.")
        if row.facet and row.kind == "long_text":
            raise _unfit("facet", "Long texts are no values to narrow a search by.")
        for type in row.types:
            require_type(type)


def _said(row: FieldRow) -> contracts.CustomField:
    return contracts.CustomField(**{name: getattr(row, name) for name in SHOWN})


def _find(name: str) -> FieldRow:
    row: Any = FieldRow.get_or_none(FieldRow.name == name)
    if row is None:
        raise NotFound("There is no such field.", code="library.field_not_found")
    return row  # type: ignore[no-any-return]


def _unfit(field: str, detail: str) -> Invalid:
    problem = FieldError(field=field, code="library.field_unfit", detail=detail)
    return Invalid("Some fields are not right.", code="library.field_unfit", fields=[problem])
