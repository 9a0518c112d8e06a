"""Files on their way into the catalogue: what would unpack into more than it may is turned away at the door."""

from typing import TYPE_CHECKING

from azora.errors import FieldError, Invalid
from azora.messages import FileRef
from azora.threads import in_thread
from azora_library.catalogue.models import ResourceRow
from azora_library.reading.leaves import is_epub
from azora_library.reading.unpacking import Bounds, TooMuch, measure

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin

MOST_FILES = 20_000


def admit(hosted: "HostedPlugin", file: FileRef | None) -> None:
    """Let a file that was uploaded in, or forget it and raise Invalid. Call it outside a transaction."""
    if file is None or not is_epub(file):
        return
    settings = hosted.settings
    bounds = Bounds(settings.unpacked_limit, settings.unpacked_ratio, MOST_FILES)
    try:
        with hosted.files.local(file) as path:
            in_thread(measure, path, bounds)
    except TooMuch as error:
        _forget(hosted, file)
        said = f"This book {error}. It was not kept; nothing else was changed."
        problem = FieldError(field="file", code="library.unpacks_too_far", detail=said)
        raise Invalid(said, code="library.unpacks_too_far", fields=[problem]) from None


def _forget(hosted: "HostedPlugin", file: FileRef) -> None:
    """Remove the content, unless a resource had it before."""
    if not ResourceRow.select().where(ResourceRow.file_digest == file.digest).exists():
        hosted.files.delete(file)
