"""Operations that reply an iterator: one JSON document a line, or server-sent events."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

import orjson

from azora.context import Context, enter, leave
from azora.http.exchange import REASONS, HttpRequest, HttpResponse
from azora.http.problems import as_azora_error, problem_document
from azora.messages import Message

M = TypeVar("M", bound=Message)
JSON_LINES, EVENT_STREAM = "application/jsonl", "text/event-stream"


def stream(request: HttpRequest, replies: Iterator[Message]) -> HttpResponse:
    """The replies as they come. What fails before the first is a problem; after it, the last line is."""
    events = EVENT_STREAM in request.headers.get("accept", "")
    lines = _Lines(request.context, replies, events)
    headers = [
        ("Content-Type", f"{EVENT_STREAM}; charset=utf-8" if events else JSON_LINES),
        ("Cache-Control", "no-store"),
        ("X-Accel-Buffering", "no"),
    ]
    return HttpResponse(200, lines, headers)


class Ahead(Generic[M]):
    """Pulls one reply ahead, so that an early failure still has a status; closing stops the work."""

    def __init__(self, context: Context, replies: Iterator[M]) -> None:
        self._context = context
        self._replies = iter(replies)
        with _entered(context):
            self.first = next(self._replies, None)

    def replies(self) -> Iterator[M]:
        """Every reply, each made in the operation's own context."""
        reply = self.first
        while reply is not None:
            yield reply
            with _entered(self._context):
                reply = next(self._replies, None)

    def close(self) -> None:
        """Stop the operation, whether or not it has come to its end."""
        if closing := getattr(self._replies, "close", None):
            with _entered(self._context):
                closing()


class _Lines(Ahead[Message]):
    def __init__(self, context: Context, replies: Iterator[Message], events: bool) -> None:
        super().__init__(context, replies)
        self._events = events

    def __iter__(self) -> Iterator[bytes]:
        try:
            for reply in self.replies():
                yield self._line(reply.__pydantic_serializer__.to_json(reply))
        except Exception as error:  # noqa: BLE001 – whatever fails becomes a problem document
            yield self._problem(error)

    def _line(self, document: bytes) -> bytes:
        return b"data: " + document + b"\n\n" if self._events else document + b"\n"

    def _problem(self, error: Exception) -> bytes:
        trace_id = self._context.trace_id
        shown = as_azora_error(error, self._context.operation or "stream", trace_id)
        document = problem_document(shown, REASONS.get(shown.status, "Error"), trace_id)
        if self._events:
            return b"event: problem\ndata: " + orjson.dumps(document) + b"\n\n"
        return orjson.dumps({"problem": document}) + b"\n"


@contextmanager
def _entered(context: Context) -> Iterator[None]:
    token = enter(context)
    try:
        yield
    finally:
        leave(token)
