"""Operations that reply a document: its text as it is, whole or in pieces, under its own media type."""

from collections.abc import Iterator

from azora.context import Context
from azora.http.conditional import tagged
from azora.http.downloads import disposition
from azora.http.exchange import Headers, HttpRequest, HttpResponse
from azora.http.streams import Ahead
from azora.messages import Document


def document(request: HttpRequest, reply: Document) -> HttpResponse:
    """The whole text: tagged, so that an unchanged one is 304."""
    body = reply.text.encode()
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(200, body, [*_headers(reply), ("Cache-Control", "no-store")])
    return tagged(request, body, _headers(reply))


def pieces(request: HttpRequest, replies: Iterator[Document]) -> HttpResponse:
    """The text as its pieces come. What fails before the first is a problem; after it, the connection
    ends early, and so no client takes a half for the whole."""
    body = _Pieces(request.context, replies)
    headers = _headers(body.first) if body.first else []
    return HttpResponse(
        200, body, [*headers, ("Cache-Control", "no-store"), ("X-Accel-Buffering", "no")]
    )


class _Pieces(Ahead[Document]):
    def __init__(self, context: Context, replies: Iterator[Document]) -> None:
        super().__init__(context, replies)

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.replies():
            yield piece.text.encode()


def content_type(reply: Document) -> str:
    """The media type with the encoding, which is always UTF-8."""
    kind = reply.media_type
    return kind if "charset=" in kind else f"{kind}; charset=utf-8"


def _headers(reply: Document) -> Headers:
    headers: Headers = [("Content-Type", content_type(reply))]
    if reply.name:
        headers.append(("Content-Disposition", disposition(reply.name, inline=False)))
    return headers
