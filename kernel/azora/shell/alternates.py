"""The same thing in other media types: pages that are a document, and sending there who prefers it."""

from collections.abc import Mapping

from werkzeug.wrappers import Response

from azora.errors import NotFound, ServiceError
from azora.http.documents import content_type
from azora.http.downloads import disposition
from azora.messages import Document
from azora.shell.links import fill_path
from azora.shell.parts import Loaded
from azora.shell.visit import Match, Visit


def preferred(visit: Visit, match: Match) -> str | None:
    """The path of the alternate that the visitor would rather have than the page, if there is one."""
    alternates = match.page.alternates
    if not alternates:
        return None
    best = visit.request.accept_mimetypes.best_match(["text/html", *alternates], "text/html")
    return fill_path(alternates[best], match.params) if best in alternates else None


def written(parts: Mapping[str, Loaded]) -> Response:
    """The document of a page without a template. Raises what its part raised."""
    part = next(iter(parts.values()), Loaded())
    if part.error:
        raise part.error
    if part.reply is None:
        raise NotFound("there is no page here")
    if not isinstance(part.reply, Document):
        raise ServiceError("a page without a template needs a part that replies a Document")
    response = Response(part.reply.text, content_type=content_type(part.reply))
    response.headers["Cache-Control"] = "no-cache, private"
    if part.reply.name:
        response.headers["Content-Disposition"] = disposition(part.reply.name, inline=False)
    return response
