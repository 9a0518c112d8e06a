"""Operations that reply a file: ranges, tags, and a name that every browser understands."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote

from azora.http.conditional import matches
from azora.http.exchange import Headers, HttpProblem, HttpRequest, HttpResponse
from azora.messages import FileRef

if TYPE_CHECKING:
    from azora.files import FileStore

INLINE = re.compile(r"(image/(?!svg)|audio/|video/|application/pdf$|text/plain)")
_RANGE = re.compile(r"bytes=(\d*)-(\d*)$")


def download(files: "FileStore", request: HttpRequest, ref: FileRef) -> HttpResponse:
    """The content of a stored file: 200, 206 for one range, 304 or 416."""
    tag = f'"{ref.digest}"'
    headers: Headers = [
        ("ETag", tag),
        ("Cache-Control", "private, no-cache"),
        ("Accept-Ranges", "bytes"),
    ]
    wanted = request.headers.get("if-none-match")
    if wanted is not None and matches(wanted, tag, weak=True):
        return HttpResponse(304, b"", headers, kind="file")
    headers += (
        ("Content-Type", ref.media_type),
        ("Content-Disposition", disposition(ref.name, inline=bool(INLINE.match(ref.media_type)))),
    )
    start, end = 0, ref.size
    status = 200
    if (asked := _range(request, ref.size, tag)) is not None:
        start, end = asked
        status = 206
        headers.append(("Content-Range", f"bytes {start}-{end - 1}/{ref.size}"))
    headers.append(("Content-Length", str(end - start)))
    body = b"" if request.method == "HEAD" or start == end else _content(files, ref, start, end)
    return HttpResponse(status, body, headers, secret=True, kind="file")


def begins_content(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether this response brings the content from its first byte: no HEAD, no later range, no 304."""
    span = response.header("Content-Range") or "bytes 0-"
    return request.method == "GET" and response.status < 300 and span.startswith("bytes 0-")


def disposition(name: str, *, inline: bool) -> str:
    """Content-Disposition by RFC 6266: plain ASCII for the old, `filename*` (RFC 8187) for the rest."""
    kind = "inline" if inline else "attachment"
    plain = re.sub(r'[^ -~]|["\\%]', "_", name)
    encoded = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    return f'{kind}; filename="{plain}"{encoded}'


def _range(request: HttpRequest, size: int, tag: str) -> tuple[int, int] | None:
    """(start, end) of the one range asked for; None for the whole, which several ranges get too."""
    header = request.headers.get("range")
    condition = request.headers.get("if-range")
    if header is None or (condition is not None and condition.strip() != tag):
        return None
    parsed = _RANGE.match(header.replace(" ", ""))
    if parsed is None or parsed[1] == parsed[2] == "":
        return None
    if parsed[1] == "":
        start, end = max(0, size - int(parsed[2])), size
    else:
        start, end = int(parsed[1]), min(size, int(parsed[2]) + 1 if parsed[2] else size)
        if parsed[2] and int(parsed[2]) < start:
            return None
    if start >= size:
        raise HttpProblem(
            416,
            "range_not_satisfiable",
            f"The file has {size} bytes.",
            headers=[("Content-Range", f"bytes */{size}")],
        )
    return start, end


def _content(files: "FileStore", ref: FileRef, start: int, end: int) -> Iterator[bytes]:
    return files.open(ref, start, end)
