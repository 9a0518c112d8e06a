"""Files that come in: parts of a form or a raw body, streamed to the plugin's store as they arrive."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from pydantic_core import from_json
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import NEED_DATA, Data, Epilogue, Field, File, MultipartDecoder

from azora.errors import FieldError, Invalid
from azora.files.names import safe_name
from azora.http.csrf import FIELD
from azora.http.edge import RequestReader
from azora.http.exchange import HttpProblem, HttpRequest
from azora.messages import FileRef, Request

__all__ = ["Uploads", "safe_name"]

if TYPE_CHECKING:
    from azora.dispatch import BoundOperation

MAX_PARTS = 100
MAX_FIELD_BYTES = 256_000
MULTIPART = "multipart/form-data"


class Uploads:
    """Reads the request of one operation that takes files."""

    def __init__(self, bound: "BoundOperation", reader: RequestReader) -> None:
        self._hosted = bound.hosted
        self._reader = reader
        self._only = next(iter(reader.file_fields)) if len(reader.file_fields) == 1 else None

    def applies(self, request: HttpRequest) -> bool:
        """Whether the body is a form with parts or the file itself, rather than JSON."""
        media_type = request.media_type
        if media_type == MULTIPART:
            return True
        json = media_type == "application/json" or media_type.endswith("+json")
        return bool(media_type) and not json and self._only is not None

    def read(self, request: HttpRequest, extra: dict[str, Any]) -> Request:
        """The request model with a FileRef for each file, which is stored by then."""
        values = self._reader.query_values(request) | extra
        if request.media_type == MULTIPART:
            self._read_parts(request, values)
        else:
            assert self._only is not None
            values[self._only] = self._store(
                request.stream(self._reader.max_body),
                _disposition_name(request.headers.get("content-disposition", "")),
                request.media_type,
            )
        return self._reader.from_parts(values)

    def _read_parts(self, request: HttpRequest, values: dict[str, Any]) -> None:
        parts = _Parts(request, self._reader.max_body)
        for part in parts:
            if isinstance(part, File) and part.name in self._reader.file_fields:
                if part.filename or part.headers.get("content-length") not in (None, "0"):
                    media_type = part.headers.get("content-type", "application/octet-stream")
                    ref = self._store(parts.content(), part.filename, media_type)
                    self._add(values, part.name, ref)
                else:
                    parts.text()
            elif part.name != FIELD:
                text = parts.text()
                if text:
                    is_json = part.headers.get("content-type", "").startswith("application/json")
                    self._add(values, part.name, _json(part.name, text) if is_json else text)

    def _add(self, values: dict[str, Any], name: str, value: Any) -> None:
        if name in self._reader.list_fields and not isinstance(value, list):
            values.setdefault(name, []).append(value)
        elif name in values:
            raise Invalid(
                "A field is given twice.",
                fields=[FieldError(field=name, code="given_twice", detail="Give it once.")],
            )
        else:
            values[name] = value

    def _store(self, chunks: Iterator[bytes], name: str | None, media_type: str) -> FileRef:
        return self._hosted.files.put(chunks, safe_name(name or ""), media_type)


class _Parts:
    """The parts of a multipart body one by one; the content of each is read before the next."""

    def __init__(self, request: HttpRequest, limit: int) -> None:
        _, options = parse_options_header(request.headers.get("content-type", ""))
        boundary = options.get("boundary", "")
        if not boundary or len(boundary) > 200:
            raise HttpProblem(400, "malformed_multipart", "The form has no boundary.")
        self._decoder = MultipartDecoder(boundary.encode(), max_parts=MAX_PARTS)
        self._chunks = request.stream(limit)

    def __iter__(self) -> Iterator[Field | File]:
        while not isinstance(event := self._next(), Epilogue):
            if isinstance(event, (Field, File)):
                yield event

    def content(self) -> Iterator[bytes]:
        """The bytes of the part at hand."""
        while True:
            event = self._next()
            if not isinstance(event, Data):
                return
            if event.data:
                yield event.data
            if not event.more_data:
                return

    def text(self) -> str:
        """The part at hand as text. Raises HttpProblem where it is too long or not UTF-8."""
        content = b""
        for chunk in self.content():
            content += chunk
            if len(content) > MAX_FIELD_BYTES:
                raise HttpProblem(
                    413, "too_large", f"A field is larger than {MAX_FIELD_BYTES} bytes."
                )
        try:
            return content.decode()
        except UnicodeDecodeError:
            raise HttpProblem(400, "malformed_multipart", "A field is not valid UTF-8.") from None

    def _next(self) -> Any:
        try:
            while (event := self._decoder.next_event()) is NEED_DATA:
                self._decoder.receive_data(next(self._chunks, None))
            return event
        except RequestEntityTooLarge:
            raise HttpProblem(
                413, "too_large", f"The form has more than {MAX_PARTS} parts."
            ) from None
        except (ValueError, KeyError):
            raise HttpProblem(400, "malformed_multipart", "The form cannot be read.") from None


def _disposition_name(header: str) -> str:
    _, options = parse_options_header(header)
    return unquote(options.get("filename", ""))


def _json(name: str, text: str) -> Any:
    try:
        return from_json(text, allow_inf_nan=False)
    except ValueError:
        raise HttpProblem(400, "malformed_json", f"The part {name!r} is not valid JSON.") from None
