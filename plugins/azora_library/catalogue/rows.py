"""The catalogue as rows: what a resource becomes in the tables, and what the tables say of it.

Whoever changes a resource does it here, inside a transaction: its tags, its words in the search
index and the event that tells of it go with it.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, cast

from azora.data.bulk import insert_rows
from azora.errors import Conflict, NotFound
from azora.messages import FileRef
from azora_library.catalogue import access
from azora_library.catalogue.contracts import (
    AccessLevels,
    Card,
    Description,
    Resource,
    ResourceAdded,
    ResourceChanged,
    ResourceRemoved,
    UpdateResource,
)
from azora_library.catalogue.details import as_stored
from azora_library.catalogue.found_by import findable_of, title_key
from azora_library.catalogue.models import ResourceRow
from azora_library.catalogue.types import require_type
from azora_library.circulation.models import CopyRow
from azora_library.custom.declared import CustomFields
from azora_library.custom.rules import Asking
from azora_library.discovery import findable
from azora_library.history import versions
from azora_library.subjects.terms import settle, settled

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

DESCRIBED = tuple(Description.model_fields)
ACCESS = tuple(AccessLevels.model_fields)
COUNTERS = ("views", "downloads")


class Catalogue:
    """The resources of one campus, changed on behalf of `who` (an actor's id, where one is known)."""

    def __init__(self, hosted: "HostedPlugin", who: str | None = None) -> None:
        self._hosted = hosted
        self._database = hosted.database
        self._who = who
        self.fields = CustomFields()

    def find(self, id: str) -> ResourceRow:
        """The resource as it is. Raises NotFound."""
        return _found(ResourceRow.get_or_none(ResourceRow.id == id), id)

    def take(self, id: str, if_revision: int | None) -> ResourceRow:
        """The resource for changing it, kept from others until the transaction ends.

        Raises NotFound, or Conflict where it changed since `if_revision`.
        """
        query = ResourceRow.select().where(ResourceRow.id == id)
        if self._database.dialect == "postgresql":
            query = query.for_update()
        row = _found(query.first(), id)
        if if_revision is not None and row.revision != if_revision:
            raise Conflict(
                f"Somebody changed this resource meanwhile: it is at revision {row.revision}, you read "
                f"{if_revision}. Nothing of yours was saved; read it again.",
                code="library.resource_changed",
            )
        return row

    def add(
        self,
        values: Mapping[str, Any],
        file: FileRef | None = None,
        source: tuple[str, str] | None = None,
    ) -> ResourceRow:
        """Put a resource in. `source` is the record that it comes from, and the digest of that."""
        row = self.new(values, file, source, asking="all")
        self.add_many([row])
        return row

    def new(
        self,
        values: Mapping[str, Any],
        file: FileRef | None = None,
        source: tuple[str, str] | None = None,
        asking: Asking = "some",
    ) -> ResourceRow:
        """A resource that `add_many` may put in. Raises Invalid for a type that nobody registered, and
        for values that the campus's own fields do not take."""
        require_type(values["type"])
        values = self.fields.settle(values, None, asking)
        now = datetime.now(UTC)
        row = ResourceRow(created=now, updated=now, created_by=self._who, updated_by=self._who)
        _say(row, values)
        row.title_key = title_key(row)
        if file:
            _attach(row, file)
        if source:
            row.source, row.source_digest = source
        return row

    def add_many(self, rows: Sequence[ResourceRow]) -> None:
        """Put new resources in, with all that they are found by and an event for each."""
        settle(self._database, rows)
        insert_rows(self._database, rows)
        numbers = self._numbers([row.id for row in rows])
        for row in rows:
            row.number = numbers[row.id]
        declared = self.fields.declared
        findable.put_many(self._database, [findable_of(row, declared, new=True) for row in rows])
        self._hosted.emit_many(
            [
                ResourceAdded(
                    id=row.id,
                    title=row.title,
                    type=row.type,
                    category=row.category,
                    access=counted_as(row),
                )
                for row in rows
            ]
        )

    def change(self, row: ResourceRow, values: Mapping[str, Any], asking: Asking = "some") -> bool:
        """Say something else of a resource; whether that made a difference."""
        before = row.category, counted_as(row)
        values = settled(self._database, self.fields.settle(values, row, asking))
        values = {name: _stored(value) for name, value in values.items()}
        changed = {name: value for name, value in values.items() if getattr(row, name) != value}
        if not changed:
            return False
        if "type" in changed:
            require_type(changed["type"])
        versions.keep(row)
        _say(row, changed)
        self._touch(row, *before)
        return True

    def attach(self, row: ResourceRow, file: FileRef) -> None:
        """Give a resource its file, in place of the one it had."""
        versions.keep(row)
        _attach(row, file)
        self._touch(row, row.category, counted_as(row))

    def remove(self, row: ResourceRow) -> None:
        """Take a resource out, with all that it is found by. Raises Conflict while it has copies."""
        if CopyRow.get_or_none(CopyRow.resource == row.number):
            raise Conflict(
                "The library has copies of this: remove them first, then the resource.",
                code="library.copies_remain",
            )
        findable.drop(self._database, row.number)
        ResourceRow.delete().where(ResourceRow.number == row.number).execute()
        self._hosted.emit(ResourceRemoved(id=row.id, category=row.category, access=counted_as(row)))

    def _numbers(self, ids: Sequence[str]) -> dict[str, int]:
        """The numbers that the database gave to these resources."""
        sql = f"SELECT id, number FROM library_resource WHERE id IN ({', '.join('?' * len(ids))})"  # noqa: S608 – placeholders
        return dict(self._database.execute(sql, *ids))  # type: ignore[arg-type]

    def _touch(
        self, row: ResourceRow, category_before: str | None, access_before: access.Level
    ) -> None:
        row.revision += 1
        row.updated, row.updated_by = datetime.now(UTC), self._who
        self._save(row)
        self._hosted.emit(
            ResourceChanged(
                id=row.id,
                title=row.title,
                type=row.type,
                category=row.category,
                category_before=category_before,
                access=counted_as(row),
                access_before=access_before,
            )
        )

    def _save(self, row: ResourceRow) -> None:
        """Write the row and what it is found by. Counters are left alone: they grow on their own."""
        row.title_key = title_key(row)
        row.save(only=[field for field in row._meta.sorted_fields if field.name not in COUNTERS])
        self.file_anew(row)

    def file_anew(self, row: ResourceRow) -> None:
        """Let a resource be found by what it says, as the campus's own fields are declared now."""
        findable.put_many(self._database, [findable_of(row, self.fields.declared)])


def described(said: Description | UpdateResource) -> dict[str, Any]:
    """What is said of a resource as its row keeps it, without details and own fields that are not said."""
    values = {name: getattr(said, name) for name in DESCRIBED}
    details, custom = values.pop("details"), values.pop("custom")
    if custom:
        values["custom"] = custom
    return values if details is None else {**values, "details": as_stored(details)}


def resource(
    row: ResourceRow, *, file_open: bool = True, custom: Mapping[str, Any] | None = None
) -> Resource:
    """Everything that the catalogue says of a resource, to who may open its file or who may not; `custom`
    where not all of its own fields are shown."""
    said = {name: getattr(row, name) for name in (*DESCRIBED, *ACCESS)}
    opens = said.pop("embargo_until")
    said["custom"] = said["custom"] if custom is None else custom
    return Resource(
        **said,
        embargo_until=opens.date() if opens else None,
        id=row.id,
        file=file_of(row) if file_open else None,
        has_file=row.file_digest is not None,
        file_open=file_open and row.file_digest is not None,
        source=row.source,
        downloads=row.downloads,
        views=row.views,
        created=row.created,
        updated=row.updated,
        revision=row.revision,
    )


def card(row: ResourceRow) -> Card:
    """A resource as a list shows it."""
    return Card(**card_values(row))


CARD = tuple(
    getattr(ResourceRow, name)
    for name in (
        "number", "id", "title", "type", "authors", "category", "language", "year", "created",
        "file_digest", "views", "downloads",
    )
)  # fmt: skip
"""The columns that a card is made of."""


def card_values(row: ResourceRow) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in Card.model_fields if name != "has_file"}
    return values | {"has_file": row.file_digest is not None}


def listed(numbers: list[int], columns: Sequence[Any] = ()) -> list[ResourceRow]:
    """The resources in the order of their numbers' list; with `columns`, no more of them than that."""
    rows = ResourceRow.select(*columns).where(ResourceRow.number.in_(numbers))
    found = {row.number: row for row in rows}
    return [found[number] for number in numbers if number in found]


def file_of(row: ResourceRow) -> FileRef | None:
    if row.file_digest is None:
        return None
    return FileRef(
        digest=row.file_digest,
        size=row.file_size,
        name=row.file_name,
        media_type=row.file_media_type,
    )


def counted_as(row: ResourceRow) -> access.Level:
    """The level at which a record is counted; an embargoed one once its end has been noted."""
    if row.embargo_until is not None and row.embargo_covers == "record":
        return access.RESTRICTED
    return cast(access.Level, row.record_access)


def _say(row: ResourceRow, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, _stored(value))


def _stored(value: Any) -> Any:
    """A value as its row holds it: a day is the moment when it begins."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time(), UTC)
    return value


def _attach(row: ResourceRow, file: FileRef) -> None:
    row.file_digest, row.file_size = file.digest, file.size
    row.file_name, row.file_media_type = file.name, file.media_type


def _found(row: ResourceRow | None, id: str) -> ResourceRow:
    if row is None:
        raise NotFound(f"The library has no resource {id}.", code="library.resource_not_found")
    return row
