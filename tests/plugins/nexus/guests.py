"""Plugins of others: a counter that is installed later, and a school that tells names and rings a bell."""

import collections

COUNTER = '''
"""Counts what the library adds, in batches."""
import pathlib
from azora import Event, Plugin, Service, hookimpl, on_event

HERE = pathlib.Path(__file__).parent

class Added(Event):
    id: str
    title: str

class Counter(Service):
    @on_event("library.resource_added", attempts=1, batch=100)
    def count(self, events: list[Added]) -> None:
        if any(event.title == "Poison" for event in events) and not (HERE / "mended").exists():
            raise RuntimeError("this one is too much")
        with self.transaction(), (HERE / "counted").open("a") as file:
            file.writelines(event.id + "\\n" for event in events)

@hookimpl
def describe() -> Plugin:
    return Plugin(name="counter", summary="Counts", services=[Counter])
'''

SCHOOL = '''
"""Tells who joined, by name, to a teacher who cannot bear it; and that the bell rang."""
from azora import Event, Plugin, Request, Service, hookimpl, on_event, operation

class Joined(Event):
    personal = {"name": "person"}
    key_field = "person"
    person: str
    name: str | None

class Rang(Event):
    key_field = "bell"
    bell: str

class Join(Request):
    person: str
    name: str

class Ring(Request):
    bell: str

class School(Service):
    @operation("POST /join", public=True)
    def join(self, request: Join) -> None:
        """Join the school"""
        self.emit(Joined(person=request.person, name=request.name))

    @operation("POST /ring", public=True)
    def ring(self, request: Ring) -> None:
        """Ring a bell"""
        self.emit(Rang(bell=request.bell))

    @on_event("school.joined", attempts=1)
    def greet(self, event: Joined) -> None:
        raise RuntimeError(f"cannot greet {event.name}")

@hookimpl
def describe() -> Plugin:
    return Plugin(name="school", summary="Teaches", services=[School], events=[Joined, Rang])
'''


class Guests:
    """A folder from which a campus takes further plugins, once they are installed."""

    def __init__(self, folder):
        self.folder = folder

    def install(self, name, source):
        facts = self.folder / f"azora_{name}-1.dist-info"
        facts.mkdir()
        (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: azora-{name}\nVersion: 1\n")
        (facts / "entry_points.txt").write_text(f"[azora.plugins]\n{name} = azora_{name}\n")
        (self.folder / f"azora_{name}.py").write_text(source)

    def counted(self):
        """How often the counter was told of each resource."""
        path = self.folder / "counted"
        return collections.Counter(path.read_text().split() if path.exists() else ())
