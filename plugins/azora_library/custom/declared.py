"""The declared fields of this campus, and what a change makes of a record's values of them."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from azora_library.catalogue.access import MANAGE
from azora_library.catalogue.models import ResourceRow
from azora_library.custom.models import FieldRow
from azora_library.custom.reading import Declared
from azora_library.custom.rules import Asking, settled

if TYPE_CHECKING:
    from azora.actor import Actor

SHAPE = tuple(name for name in Declared._fields if name not in ("types", "choices"))


class CustomFields:
    """What is declared, read once and only where it is asked for."""

    @cached_property
    def declared(self) -> dict[str, Declared]:
        """The fields by name, in the order in which they are shown."""
        rows = FieldRow.select().where(~FieldRow.removing)
        return {
            row.name: as_declared(row) for row in rows.order_by(FieldRow.place, FieldRow.number)
        }

    def settle(
        self, values: Mapping[str, Any], row: ResourceRow | None, asking: Asking
    ) -> dict[str, Any]:
        """What is said of a record, with all values of its own fields. Raises Invalid."""
        said = values.get("custom")
        if said is None and asking != "all":
            return {name: value for name, value in values.items() if name != "custom"}
        before = row.custom if row else {}
        kind = str(values.get("type") or (row and row.type))
        return {**values, "custom": settled(self.declared, before, said or {}, kind, asking)}

    def known(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Of what another catalogue says, what is declared here."""
        return {name: value for name, value in said.items() if name in self.declared}

    def told_to(self, actor: "Actor | None", custom: Mapping[str, Any]) -> dict[str, Any]:
        """Of a record's values, those that this reader is shown."""
        if not custom or (actor and actor.may(MANAGE)):
            return dict(custom)
        return {
            name: value
            for name, value in custom.items()
            if name in self.declared and self.declared[name].public
        }


def as_declared(row: FieldRow) -> Declared:
    shape = {name: getattr(row, name) for name in SHAPE}
    return Declared(**shape, types=tuple(row.types), choices=tuple(row.choices))
