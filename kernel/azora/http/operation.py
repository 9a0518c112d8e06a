"""An operation at its route: reads the request, runs it, and writes what it replies."""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from azora.acts import turned_away
from azora.errors import NotAllowed
from azora.http import conditional, idempotency, pagination, selection
from azora.http.access import admit
from azora.http.cookies import CookieFields, holds_secret
from azora.http.documents import document, pieces
from azora.http.downloads import begins_content, download
from azora.http.edge import RequestReader
from azora.http.exchange import Headers, HttpRequest, HttpResponse
from azora.http.streams import stream
from azora.http.uploads import Uploads
from azora.messages import Document, Message

if TYPE_CHECKING:
    from azora.dispatch import BoundOperation
    from azora.http.gateway import Gateway

JSON = "application/json"


class OperationEndpoint:
    """Callable with a request; made once for each operation, with all that can be known beforehand."""

    def __init__(self, bound: "BoundOperation", gateway: "Gateway") -> None:
        operation = bound.operation
        self.bound = bound
        self.gateway = gateway
        self.name = bound.full
        self.operation = operation
        self.reader = RequestReader(operation)
        self.uploads = Uploads(bound, self.reader) if self.reader.file_fields else None
        self.cookies = CookieFields(operation.reply)
        self.secret = bool(self.cookies) or holds_secret(operation.reply)
        self.selection = (
            selection.Selection(operation.reply, self.cookies.names)
            if operation.reply and operation.shape == "reply"
            else None
        )
        self.text = operation.reply is not None and issubclass(operation.reply, Document)
        self.lists = pagination.is_list(operation)
        self.revised = operation.reply is not None and "revision" in operation.reply.model_fields
        self.reading = operation.verb == "GET"
        self.status = 201 if operation.verb == "POST" else 200
        self._limits = gateway.limits
        self._invoke = gateway.runtime.invoke
        self._write = (operation.reply or Message).__pydantic_serializer__.to_json

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if rate := self.operation.rate:
            request.told += self._limits.count_call(self.name, rate, request.context)
        self._admit(request)
        if self.reading:
            return self._run(request, {})
        return idempotency.once(self, request, self._change)

    def _admit(self, request: HttpRequest) -> None:
        """Turn away whoever lacks the permission; that somebody tried goes on record."""
        try:
            admit(self.operation, request)
        except NotAllowed as error:
            turned_away(self.bound, request.context, request.params, error)
            raise

    def _change(self, request: HttpRequest) -> HttpResponse:
        extra = conditional.precondition(self, request)
        try:
            return self._run(request, extra)
        except conditional.Conflict as error:
            raise conditional.as_failed_precondition(error, extra) from None

    def _run(self, request: HttpRequest, extra: dict[str, Any]) -> HttpResponse:
        include = self.selection.of(request) if self.selection else None
        if self.uploads and self.uploads.applies(request):
            model = self.uploads.read(request, extra)
        else:
            model = self.reader.read(request, extra)
        reply = self._invoke(self.bound, model, request.context)
        shape = self.operation.shape
        if shape == "reply":
            return self._reply(request, reply, include)
        if shape == "file":
            response = download(self.bound.hosted.files, request, reply)
            if begins_content(request, response):
                request.context.delivered()
            return response
        if shape == "document":
            return document(request, reply)
        if shape == "stream":
            return pieces(request, reply) if self.text else stream(request, reply)
        return HttpResponse(204, headers=[("Cache-Control", "no-store")])

    def _reply(
        self, request: HttpRequest, reply: Message, include: selection.Include | None
    ) -> HttpResponse:
        headers: Headers = [("Content-Type", JSON)]
        hidden = self.cookies.move(request, reply, headers) if self.cookies else None
        body = (
            self._write(reply, include=include, exclude=hidden)
            if include or hidden
            else self._write(reply)
        )
        if not self.reading:
            headers.append(("Cache-Control", "no-store"))
            if place := self._place(request, reply):
                headers.append(("Location", place))
            return HttpResponse(self.status, body, headers, secret=self.secret)
        if self.lists and (link := pagination.link(request, reply)):
            headers.append(("Link", link))
        revision = reply.revision if self.revised else None  # type: ignore[attr-defined]
        return conditional.tagged(request, body, headers, revision)

    def _place(self, request: HttpRequest, reply: Message) -> str | None:
        """Where what was made can be read: below its list, by its id."""
        identity = getattr(reply, "id", None)
        if self.status != 201 or identity is None:
            return None
        place = f"{request.path}/{quote(str(identity), safe='')}"
        found = self.gateway.router.find(place)
        return place if found and "GET" in found[0].endpoints else None
