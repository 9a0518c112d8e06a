"""A plugin with one operation of every kind that the gateway serves."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import ClassVar

from eventlet.event import Event
from pydantic import Field

from azora import (
    Conflict,
    Document,
    FileRef,
    ListReply,
    ListRequest,
    NotFound,
    Permission,
    Plugin,
    Reply,
    Request,
    Service,
    hookimpl,
    operation,
)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class WriteNote(Request):
    title: str = Field(min_length=1, max_length=80, examples=["Shopping"])
    text: str = Field("", max_length=10_000)
    tags: list[str] = Field([], max_length=10)
    colour: Colour = Colour.RED
    due: date | None = None
    weight: int = 0


class ChangeNote(Request):
    id: str = Field(max_length=40)
    title: str = Field(min_length=1, max_length=80)
    if_revision: int | None = None


class NoteId(Request):
    id: str = Field(max_length=40)


class Note(Reply):
    id: str
    title: str
    text: str
    tags: list[str]
    revision: int


class FindNotes(ListRequest):
    text: str | None = Field(None, max_length=80)
    cursor: str | None = Field(None, pattern="^[0-9]{1,9}$")
    tags: list[str] = Field([], max_length=10)
    colour: Colour | None = None


class Notes(ListReply[Note]):
    """A page of notes."""


class Echo(Request):
    say: str = Field("", max_length=100_000)


class Said(Reply):
    said: str


class Attach(Request):
    label: str = Field(max_length=40)
    file: FileRef


class Attached(Reply):
    label: str
    file: FileRef


class Digest(Request):
    digest: str = Field(pattern="^[0-9a-f]{64}$")


class Count(Request):
    to: int = Field(ge=0, le=1_000_000)
    fail_at: int | None = None


class Counted(Reply):
    number: int


class SignIn(Request):
    name: str = Field(max_length=40)


class SignedIn(Reply):
    name: str
    session_token: str = Field(json_schema_extra={"cookie": "azora_session"})


class Notebook(Service):
    notes: ClassVar[dict[str, Note]] = {}
    attached: ClassVar[dict[str, FileRef]] = {}
    closed: ClassVar[list[int]] = []
    written: ClassVar[int] = 0
    began: ClassVar[Event]
    go_on: ClassVar[Event]

    @operation("POST /notes", permission="notes.write")
    def write_note(self, request: WriteNote) -> Note:
        """Write a note.

        It gets the next free number.
        """
        type(self).written += 1
        note = Note(
            id=str(len(self.notes) + 1),
            title=request.title,
            text=request.text,
            tags=request.tags,
            revision=1,
        )
        self.notes[note.id] = note
        return note

    @operation("GET /notes/{id}", public=True)
    def read_note(self, request: NoteId) -> Note:
        if request.id not in self.notes:
            raise NotFound("there is no such note", code="notes.note_not_found")
        return self.notes[request.id]

    @operation("PUT /notes/{id}", permission="notes.write")
    def change_note(self, request: ChangeNote) -> Note:
        note = self.read_note(NoteId(id=request.id))
        if request.if_revision not in (None, note.revision):
            raise Conflict("the note was changed", code="notes.note_changed")
        changed = note.model_copy(update={"title": request.title, "revision": note.revision + 1})
        self.notes[note.id] = changed
        return changed

    @operation("DELETE /notes/{id}", permission="notes.write")
    def remove_note(self, request: NoteId) -> None:
        self.read_note(request)
        del self.notes[request.id]

    @operation("GET /notes", permission="notes.read")
    def find_notes(self, request: FindNotes) -> Notes:
        start = int(request.cursor or 0)
        wanted = [note for note in self.notes.values() if set(request.tags) <= set(note.tags)]
        page = wanted[start : start + request.limit]
        more = start + request.limit < len(wanted)
        return Notes(items=page, next=str(start + request.limit) if more else None)

    @operation("GET /echo", public=True)
    def echo(self, request: Echo) -> Said:
        return Said(said=request.say)

    @operation("GET /rationed/{id}", public=True, rate="2/day")
    def read_rationed(self, request: NoteId) -> Note:
        return self.read_note(request)

    @operation("POST /echo", public=True)
    def say(self, request: Echo) -> Said:
        return Said(said=request.say)

    @operation("POST /waits", permission="notes.write")
    def wait(self, request: Echo) -> Said:
        self.began.send()
        self.go_on.wait()
        return Said(said=request.say)

    @operation("POST /broken", public=True)
    def broken(self, request: Request) -> None:
        raise RuntimeError("secret inner detail")

    @operation("POST /files", permission="notes.write", max_body=5_000_000)
    def attach(self, request: Attach) -> Attached:
        self.attached[request.file.digest] = request.file
        return Attached(label=request.label, file=request.file)

    @operation("GET /files/{digest}", public=True)
    def fetch(self, request: Digest) -> FileRef:
        if request.digest not in self.attached:
            raise NotFound("there is no such file")
        return self.attached[request.digest]

    @operation("GET /count", public=True)
    def count(self, request: Count) -> Iterator[Counted]:
        number = 0
        try:
            for number in range(request.to):
                if number == request.fail_at:
                    raise NotFound("it ends here", code="notes.ended")
                yield Counted(number=number)
        finally:
            self.closed.append(number)

    @operation("GET /poem", public=True)
    def poem(self, request: Request) -> Document:
        return Document(text="<hymn>Nkosi</hymn>", media_type="application/xml")

    @operation("GET /verses", public=True)
    def verses(self, request: Count) -> Iterator[Document]:
        for counted in self.count(request):
            yield Document(text=f"{counted.number},ngũ\n", media_type="text/csv", name="verses.csv")

    @operation("POST /sessions", public=True)
    def sign_in(self, request: SignIn) -> SignedIn:
        return SignedIn(
            name=request.name, session_token="" if request.name == "nobody" else "session-of-author"
        )


def notes_plugin():
    Notebook.notes.clear()
    Notebook.closed.clear()
    Notebook.written = 0
    Notebook.began, Notebook.go_on = Event(), Event()

    class Module:
        __name__ = "azora_notes_of_a_test"

        @hookimpl
        def describe(self):
            return Plugin(
                name="notes",
                summary="Keeps notes",
                services=[Notebook],
                permissions=[
                    Permission("notes.read", "Read notes"),
                    Permission("notes.write", "Write notes"),
                ],
            )

    return "notes", Module()
