"""A resource's file for whoever may open it."""

from typing import TYPE_CHECKING

from azora.errors import NotFound
from azora.messages import FileRef
from azora_library.catalogue import access
from azora_library.catalogue.models import ResourceRow
from azora_library.catalogue.rows import file_of

if TYPE_CHECKING:
    from azora.actor import Actor
    from azora.data.database import PluginDatabase


def opened(
    database: "PluginDatabase", id: str, actor: "Actor | None", token: str | None
) -> tuple[ResourceRow, FileRef]:
    """The resource and its file. Raises NotFound, or what tells a reader why it is closed."""
    seen = access.see(database, id, actor, token)
    row = ResourceRow.get_by_id(seen.number)
    file = file_of(row)
    if file is None:
        raise NotFound("This resource has no file.", code="library.file_not_found")
    if not seen.file_open:
        raise access.file_closed(actor, row.embargo_until)
    return row, file
