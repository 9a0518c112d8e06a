"""The catalogue's operations, and the handlers that keep its categories counted."""

from collections import Counter
from functools import cached_property
from typing import Any

from azora import Service, on_event, operation
from azora.errors import NotFound, ServiceError
from azora.messages import FileRef
from azora_library.catalogue import access, contracts
from azora_library.catalogue.incoming import admit
from azora_library.catalogue.models import ResourceRow, TypeRow
from azora_library.catalogue.rows import ACCESS, Catalogue, described, file_of, resource
from azora_library.catalogue.types import known_types
from azora_library.drafts.models import DraftRow
from azora_library.figures import counting
from azora_library.history.models import VersionRow
from azora_library.imports.models import ImportRow
from azora_library.lookup.answers import details_of
from azora_library.sharing.rows import count_use
from azora_library.subjects import tree
from azora_library.subjects.counting import COUNT

FILE_LIMIT = 500_000_000
BATCH = 500
"""Events that are counted at once."""
HOLDERS_OF_FILES: tuple[Any, ...] = (ResourceRow, VersionRow, DraftRow, ImportRow)
"""The tables whose `file_digest` keeps a file from being swept."""


class Resources(Service):
    """What the catalogue holds: reading it, and changing it."""

    @operation("POST /resources", permission="library.manage", max_body=FILE_LIMIT, timeout=600)
    def add_resource(self, request: contracts.AddResource) -> contracts.Resource:
        """Add a resource, with its file where there is one"""
        admit(self.hosted, request.file)
        with self.transaction():
            values = described(request) | {name: getattr(request, name) for name in ACCESS}
            values["details"] = values["details"] or details_of(request.looked_up)
            return resource(self._catalogue.add(values, request.file))

    @operation("GET /resources/{id}", public=True)
    def read_resource(self, request: contracts.ReadResource) -> contracts.Resource:
        """Read a resource; counts as a view where a person reads it in a browser"""
        row, file_open = self._seen(request)
        if request.count:
            self._count("views", row, request.token)
        custom = self._catalogue.fields.told_to(self.actor_or_none, row.custom)
        return resource(row, file_open=file_open, custom=custom)

    @operation("PUT /resources/{id}", permission="library.manage")
    def replace_resource(self, request: contracts.ReplaceResource) -> contracts.Resource:
        """Say everything of a resource anew"""
        with self.transaction():
            row = self._catalogue.take(request.id, request.if_revision)
            self._catalogue.change(row, described(request), "all")
            return resource(row)

    @operation("PATCH /resources/{id}", permission="library.manage")
    def update_resource(self, request: contracts.UpdateResource) -> contracts.Resource:
        """Change some of what is said of a resource"""
        given = {name: value for name, value in described(request).items() if value is not None}
        with self.transaction():
            row = self._catalogue.take(request.id, request.if_revision)
            self._catalogue.change(row, given)
            return resource(row)

    @operation("DELETE /resources/{id}", permission="library.manage")
    def remove_resource(self, request: contracts.RemoveResource) -> None:
        """Take a resource out of the catalogue"""
        with self.transaction():
            self._catalogue.remove(self._catalogue.take(request.id, request.if_revision))

    @operation(
        "POST /resources/{id}/file", permission="library.manage", max_body=FILE_LIMIT, timeout=600
    )
    def upload_file(self, request: contracts.UploadFile) -> contracts.Resource:
        """Give a resource its file, in place of the one it had"""
        admit(self.hosted, request.file)
        with self.transaction():
            row = self._catalogue.take(request.id, None)
            self._catalogue.attach(row, request.file)
            return resource(row)

    @operation("GET /resources/{id}/file", public=True, timeout=600)
    def download_file(self, request: contracts.DownloadFile) -> FileRef:
        """Download the file of a resource; counts as a download where a person does"""
        row, file_open = self._seen(request)
        file = file_of(row)
        if file is None:
            raise NotFound("This resource has no file.", code="library.file_not_found")
        if not file_open:
            raise access.file_closed(self.actor_or_none, row.embargo_until)
        self.on_delivery(lambda: self._count("downloads", row, request.token))
        return file

    @operation("POST /files/sweep", permission="library.manage", http=False, timeout=600)
    def sweep_files(self, request: contracts.SweepFiles) -> contracts.FilesSwept:
        """Remove what nothing has used for a day: uploads that came to nothing, files of removed resources"""
        in_use = {
            str(row[0])
            for table in HOLDERS_OF_FILES
            for row in table.select(table.file_digest)
            .where(table.file_digest.is_null(False))
            .tuples()
        }
        return contracts.FilesSwept(removed=self.files.sweep(in_use))

    def _seen(
        self, request: contracts.ReadResource | contracts.DownloadFile
    ) -> tuple[ResourceRow, bool]:
        """The resource for this reader, and whether its file is open to them. Raises NotFound."""
        seen = access.see(self.hosted.database, request.id, self.actor_or_none, request.token)
        return ResourceRow.get(ResourceRow.number == seen.number), seen.file_open

    @cached_property
    def _catalogue(self) -> Catalogue:
        actor = self.actor_or_none
        return Catalogue(self.hosted, actor.id if actor else None)

    def _count(self, kind: counting.Kind, row: ResourceRow, token: str | None) -> None:
        """Count a use where a person made it; a full disk stops the counting, not the reading."""
        who = counting.visitor(self.hosted)
        if who is None and token is None:
            return
        try:
            with self.transaction():
                counted = who is not None and counting.count(self.hosted, row, kind, who)
                if counted and kind == "downloads":
                    self.emit(contracts.ResourceDownloaded(id=row.id))
                if token:
                    count_use(row.number, token)
        except ServiceError as error:
            self.log.warning("not_counted", reason=error.detail)


class Vocabulary(Service):
    """The types by which resources are told apart."""

    @operation("GET /types", public=True)
    def list_types(self, request: contracts.ListTypes) -> contracts.ResourceTypes:
        """List the types that a resource may have"""
        return contracts.ResourceTypes(items=known_types())

    @operation("POST /types", permission="library.manage", idempotent=True)
    def add_type(self, request: contracts.AddType) -> contracts.ResourceType:
        """Add a type, for plugins and people who keep more than the built-in five"""
        with self.transaction():
            TypeRow.insert(name=request.name, label=request.label).on_conflict(
                conflict_target=[TypeRow.name], update={TypeRow.label: request.label}
            ).execute()
        return contracts.ResourceType(name=request.name, label=request.label)


_Place = tuple[str | None, str]
"""A category, and who may see."""


class Counters(Service):
    """Keeps the number of resources in each category: every event counts exactly once."""

    @on_event("library.resource_added", batch=BATCH)
    def count_added(self, events: list[contracts.ResourceAdded]) -> None:
        self._count(Counter[_Place]((event.category, event.access) for event in events))

    @on_event("library.resource_changed", batch=BATCH)
    def count_moved(self, events: list[contracts.ResourceChanged]) -> None:
        moves = Counter[_Place]((event.category, event.access) for event in events)
        moves.subtract((event.category_before, event.access_before) for event in events)
        self._count(moves)

    @on_event("library.resource_removed", batch=BATCH)
    def count_removed(self, events: list[contracts.ResourceRemoved]) -> None:
        gone = Counter[_Place]()
        gone.subtract((event.category, event.access) for event in events)
        self._count(gone)

    def _count(self, changes: Counter[_Place]) -> None:
        named = [(name, level, n) for (name, level), n in changes.items() if name is not None and n]
        with self.transaction():
            for name, level, change in sorted(named):  # one order for all, so that nobody deadlocks
                shown = [change if level == seen else 0 for seen in (access.PUBLIC, access.MEMBERS)]
                self.hosted.database.execute(COUNT, change, *shown, name)
            tree.drop_spent(self.hosted.database, sorted({name for name, _ in changes if name}))
