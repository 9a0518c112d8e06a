"""The operations on earlier versions: list, compare, download, restore."""

from azora import Service, operation
from azora.data.keyset import paginate
from azora.errors import NotFound
from azora.messages import FileRef
from azora_library.bulk.links import made_by
from azora_library.catalogue import contracts as catalogue
from azora_library.catalogue.access import MANAGE, file_closed, see
from azora_library.catalogue.models import ResourceRow
from azora_library.catalogue.rows import Catalogue, resource
from azora_library.history import contracts
from azora_library.history.models import VersionRow
from azora_library.history.versions import (
    DESCRIPTION,
    FILE,
    differences,
    said_again,
    said_at,
    version,
)
from azora_library.sharing import people


class History(Service):
    """Every change of a resource: when, what it was, and for whom may know, by whom.

    Whoever sees the resource sees that it had other versions, and opens their files by the same rule.
    """

    @operation("GET /resources/{id}/versions", public=True)
    def list_versions(self, request: contracts.ListVersions) -> contracts.Versions:
        """List the versions of a resource, the newest first"""
        row, file_open = self._seen(request.id, request.token)
        earlier = VersionRow.select().where(VersionRow.resource == row.number)
        found, following = paginate(earlier, request, [VersionRow.revision.desc()])
        shown = [*(() if request.cursor else (_present(row),)), *found]
        items = [_version(one, row.revision, file_open) for one in shown]
        actor = self.actor_or_none
        if actor and actor.may(MANAGE):
            items = _signed(row.id, items, [one.by for one in shown])
        return contracts.Versions(items=items, next=following)

    @operation("GET /resources/{id}/versions/compare", permission=MANAGE)
    def compare_versions(self, request: contracts.CompareVersions) -> contracts.Comparison:
        """Compare two versions of a resource, field by field"""
        row = self._catalogue.find(request.id)
        found = differences(said_at(row, request.before), said_at(row, request.after))
        changes = [
            contracts.FieldChange(field=name, before=before, after=after)
            for name, (before, after) in found.items()
        ]
        return contracts.Comparison(before=request.before, after=request.after, changes=changes)

    @operation("GET /resources/{id}/versions/{revision}/file", public=True, timeout=600)
    def download_version(self, request: contracts.DownloadVersion) -> FileRef:
        """Download the file that a resource had then"""
        row, file_open = self._seen(request.id, request.token)
        said = said_at(row, request.revision)
        if said["file_digest"] is None:
            raise NotFound("This version has no file.", code="library.file_not_found")
        if not file_open:
            raise file_closed(self.actor_or_none, row.embargo_until)
        return FileRef(**{name.removeprefix("file_"): said[name] for name in FILE})

    @operation("POST /resources/{id}/versions/{revision}/restore", permission=MANAGE)
    def restore_version(self, request: contracts.RestoreVersion) -> catalogue.Resource:
        """Make a new version that says what an earlier one said"""
        with self.transaction():
            row = self._catalogue.take(request.id, request.if_revision)
            said = said_again(version(row, request.revision).said, (*DESCRIPTION, *FILE))
            self._catalogue.change(row, said, "again")
            return resource(row)

    def _seen(self, id: str, token: str | None) -> tuple[ResourceRow, bool]:
        """The resource for this reader, and whether its files are open to them. Raises NotFound."""
        seen = see(self.hosted.database, id, self.actor_or_none, token)
        return ResourceRow.get(ResourceRow.number == seen.number), seen.file_open

    @property
    def _catalogue(self) -> Catalogue:
        return Catalogue(self.hosted, self.actor.id)


def _present(row: ResourceRow) -> VersionRow:
    """The present state as the newest version."""
    return VersionRow(
        resource=row.number,
        revision=row.revision,
        said={"title": row.title, "file_name": row.file_name},
        at=row.updated,
        by=row.updated_by,
    )


def _version(row: VersionRow, newest: int, file_open: bool) -> contracts.Version:
    return contracts.Version(
        revision=row.revision,
        at=row.at,
        by=None,
        name="",
        current=row.revision == newest,
        title=row.said["title"],
        file=row.said["file_name"] if file_open else None,
    )


def _signed(
    id: str, versions: list[contracts.Version], by: list[str | None]
) -> list[contracts.Version]:
    """The versions with who made them, and by which bulk edit: for librarians."""
    names = people.called(set(filter(None, by)))
    edits = made_by(id, [one.revision for one in versions])
    return [
        one.model_copy(
            update={
                "by": who,
                "name": names.get(who or "", ""),
                "bulk_edit": edits.get(one.revision),
            }
        )
        for one, who in zip(versions, by, strict=True)
    ]
