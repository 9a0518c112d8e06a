"""The operations of reading: pages and pictures, links that open a file for a while, captions."""

import time
from datetime import UTC, datetime

from azora import Invalid, NotFound, Service, operation
from azora.errors import FieldError
from azora.messages import Document, FileRef
from azora_library.catalogue import access
from azora_library.catalogue.models import ResourceRow
from azora_library.catalogue.rows import file_of
from azora_library.reading import captions, contracts, leaves, pdf, tickets
from azora_library.reading.models import CaptionRow
from azora_library.reading.opened import opened

LINKS = "links to files"
CAPTIONS_LIMIT = 3_000_000


class Reading(Service):
    """Books in the browser, a page at a time: nothing to install, and little to load."""

    @operation("GET /resources/{id}/pages/{page}", public=True, timeout=30, concurrency=8)
    def read_leaf(self, request: contracts.ReadLeaf) -> contracts.Leaf:
        """Read a page of a PDF, or a chapter of an EPUB"""
        row, file = self._opened(request)
        with self.files.local(file) as path:
            return leaves.leaf(row, file, path, request.page, request.token)

    @operation("GET /resources/{id}/pages/{page}/picture", public=True, timeout=30, concurrency=4)
    def draw_leaf(self, request: contracts.DrawLeaf) -> FileRef:
        """The picture of a PDF's page"""
        row, file = self._opened(request)
        if leaves.kind_of(file) != "pdf":
            raise NotFound("Only a PDF's pages are pictures.", code="library.not_readable")
        try:
            with self.files.local(file) as path:
                drawn = pdf.draw_page(path, request.page, request.width)
        except pdf.UnreadablePdf as error:
            raise leaves.unreadable(error) from None
        return self.files.put([drawn], f"{row.title[:80]} {request.page}.webp", "image/webp")

    @operation("GET /resources/{id}/pictures", public=True)
    def read_picture(self, request: contracts.ReadPicture) -> FileRef:
        """A picture of an EPUB"""
        _, file = self._opened(request)
        with self.files.local(file) as path:
            found = leaves.picture(path, request.path)
        return self.files.put([found.content], request.path.split("/")[-1], found.media_type)

    @operation("POST /resources/{id}/links-to-file", public=True, idempotent=True)
    def link_to_file(self, request: contracts.LinkToFile) -> contracts.FileLink:
        """Make a link that opens the file for a while, also in another program"""
        row, file = self._opened(request)
        expires = int(time.time()) + 60 * request.minutes
        ticket = tickets.Ticket(row.id, file.digest, expires)
        return contracts.FileLink(
            path=f"/api/library/files/{tickets.write(ticket, self.hosted.secret(LINKS))}",
            expires=datetime.fromtimestamp(expires, UTC),
        )

    @operation("GET /files/{ticket}", public=True, timeout=600)
    def open_link(self, request: contracts.OpenLink) -> FileRef:
        """Download a file by a link that is good for a while"""
        ticket = tickets.read(request.ticket, self.hosted.secret(LINKS))
        row = ResourceRow.get_or_none(ResourceRow.id == ticket.id) if ticket else None
        file = file_of(row) if row else None
        if file is None or ticket is None or file.digest != ticket.digest:
            raise NotFound("This link has expired: ask for a new one.", code="library.link_expired")
        return file

    def _opened(self, request: contracts.OfFile) -> tuple[ResourceRow, FileRef]:
        return opened(self.hosted.database, request.id, self.actor_or_none, request.token)


class Captioning(Service):
    """What is said in a film, for those who do not hear it."""

    @operation("GET /resources/{id}/captions", public=True)
    def list_captions(self, request: contracts.ListCaptions) -> contracts.Captions:
        """List the languages of a film's captions"""
        number = self._number(request.id, request.token)
        rows = CaptionRow.select(CaptionRow.language).where(CaptionRow.resource == number)
        return contracts.Captions(
            items=[
                contracts.Caption(language=row.language)
                for row in rows.order_by(CaptionRow.language)
            ]
        )

    @operation("GET /resources/{id}/captions/{language}", public=True)
    def read_caption(self, request: contracts.ReadCaption) -> Document:
        """Read the captions in one language, as WebVTT"""
        row, _ = opened(self.hosted.database, request.id, self.actor_or_none, request.token)
        found = CaptionRow.get_or_none(
            (CaptionRow.resource == row.number) & (CaptionRow.language == request.language)
        )
        if found is None:
            raise NotFound("There are no captions in this language.", code="library.no_captions")
        return Document(text=found.content, media_type="text/vtt")

    @operation(
        "PUT /resources/{id}/captions/{language}",
        permission=access.MANAGE,
        max_body=CAPTIONS_LIMIT,
    )
    def save_caption(self, request: contracts.SaveCaption) -> contracts.Captions:
        """Save captions, from WebVTT or SubRip"""
        number = self._number(request.id, None)
        text = self._as_webvtt(request.file)
        with self.transaction():
            CaptionRow.insert(resource=number, language=request.language, content=text).on_conflict(
                conflict_target=[CaptionRow.resource, CaptionRow.language],
                update={CaptionRow.content: text},
            ).execute()
        return self.list_captions(contracts.ListCaptions(id=request.id))

    @operation("DELETE /resources/{id}/captions/{language}", permission=access.MANAGE)
    def remove_caption(self, request: contracts.RemoveCaption) -> None:
        """Remove the captions in one language"""
        number = self._number(request.id, None)
        with self.transaction():
            CaptionRow.delete().where(
                (CaptionRow.resource == number) & (CaptionRow.language == request.language)
            ).execute()

    def _as_webvtt(self, file: FileRef) -> str:
        try:
            content = b"".join(self.files.open(file, 0, captions.LARGEST + 1))
            return captions.webvtt(content).decode()
        except captions.UnreadableCaptions as error:
            problem = FieldError(field="file", code="library.not_captions", detail=str(error))
            raise Invalid(str(error), code="library.not_captions", fields=[problem]) from None

    def _number(self, id: str, token: str | None) -> int:
        return access.see(self.hosted.database, id, self.actor_or_none, token).number
