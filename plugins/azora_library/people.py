"""What the library knows of people, and how it is told and forgotten."""

from typing import TYPE_CHECKING

import peewee

from azora_library.bulk import people as bulk
from azora_library.catalogue.models import ResourceRow
from azora_library.circulation import people as circulation
from azora_library.drafts import people as drafts
from azora_library.harvest.models import HarvestRow
from azora_library.history.models import VersionRow
from azora_library.imports.models import ImportRow
from azora_library.saved import people as saved
from azora_library.sharing import admissions
from azora_library.shelves import people as shelves
from azora_library.subjects import people as subjects

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin


def erase(plugin: "HostedPlugin", subject: str) -> str:
    """Forget what this person did here, what they asked for and what was opened to them; resources stay."""
    ids = _actor_ids(subject)
    with plugin.transaction():
        forgotten = [
            column.model.update({column: None}).where(column.in_(ids)).execute()
            for column in (
                ResourceRow.created_by,
                ResourceRow.updated_by,
                VersionRow.by,
                ImportRow.created_by,
                HarvestRow.created_by,
            )
        ]
        forgotten += admissions.erase(ids)
        forgotten += [room.erase(ids) for room in (shelves, drafts, saved, bulk, subjects)]
    lending = [circulation.erase(plugin, id) for id in ids]
    if circulation.ON_LOAN in lending:
        return circulation.ON_LOAN
    return "erased" if any(forgotten) or "erased" in lending else "none"


def export(plugin: "HostedPlugin", subject: str) -> dict[str, object]:
    """The resources that this person added or changed last, and the earlier versions that are theirs."""
    lending = circulation.export(subject)
    return {
        **lending,
        "added": _resources(ResourceRow.created_by, subject),
        "changed": _resources(ResourceRow.updated_by, subject),
        "versions": _versions(subject),
        "imports": _imports(subject),
        "harvests": [
            {"id": row.id, "source": row.source, "at": row.created.isoformat()}
            for row in HarvestRow.select().where(HarvestRow.created_by.in_(_actor_ids(subject)))
        ],
        **admissions.export(_actor_ids(subject)),
        **shelves.export(_actor_ids(subject)),
        **drafts.export(_actor_ids(subject)),
        **saved.export(_actor_ids(subject)),
        **bulk.export(_actor_ids(subject)),
        **subjects.export(_actor_ids(subject)),
    }


def _resources(column: peewee.Field, subject: str) -> list[dict[str, str]]:
    rows = ResourceRow.select().where(column.in_(_actor_ids(subject))).order_by(ResourceRow.number)
    return [{"id": row.id, "title": row.title, "updated": row.updated.isoformat()} for row in rows]


def _imports(subject: str) -> list[dict[str, str]]:
    rows = ImportRow.select().where(ImportRow.created_by.in_(_actor_ids(subject)))
    return [
        {"id": row.id, "source": row.source, "at": row.created.isoformat()}
        for row in rows.order_by(ImportRow.id)
    ]


def _versions(subject: str) -> list[dict[str, object]]:
    rows = VersionRow.select(VersionRow, ResourceRow.id).join(ResourceRow)
    theirs = rows.where(VersionRow.by.in_(_actor_ids(subject))).order_by(VersionRow.at)
    return [
        {
            "id": row.resource.id,
            "title": row.said["title"],
            "revision": row.revision,
            "at": row.at.isoformat(),
        }
        for row in theirs
    ]


def _actor_ids(subject: str) -> list[str]:
    """A person's id as accounts write it, and as actors carry it."""
    return [subject, f"user:{subject}"]
