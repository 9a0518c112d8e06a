"""Personal fields of events: readable to who declared them, to nobody else, and to nobody after erasure."""

from contextlib import ExitStack, closing

import orjson
import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from tests.kernel.hosting import acting_as, make_plugin, running

from azora import Event, Reply, Request, Service, on_event, operation
from azora.errors import Invalid, NotAllowed
from azora.events.sealing import MARK
from azora.loader import load_registry
from azora.observe.traceexport import TraceExporter
from azora.observe.traces import export_traces
from azora.permissions import ERASE_PEOPLE
from azora.personal import FieldSecrets
from azora.testing.servers import wait_until

NAME = "Nomathemba Zanele Quturha"
OTHER = "Lindiwe Ntombizodwa Mabaso"
ATTEMPTS = 1
embedded_only = pytest.mark.parametrize("campus", ["embedded"], indirect=True)


class Joined(Event):
    personal = {"name": "person", "details": "person"}

    person: str | None
    name: str | None
    details: dict[str, str] = {}
    course: str = "isiZulu I"


class JoinedSlice(Event):
    personal = {"name": "person"}

    person: str | None
    name: str | None
    course: str


class JoinedElsewhere(Event):
    person: str | None
    course: str


class Join(Request):
    person: str | None
    name: str | None
    details: dict[str, str] = {}


class Nothing(Reply):
    pass


class School(Service):
    @operation("POST /join", public=True)
    def join(self, request: Join) -> Nothing:
        self.emit(Joined(**request.model_dump()))
        return Nothing()


class Welcome(Service):
    heard: list = []
    broken = False

    @on_event("school.joined", attempts=ATTEMPTS)
    def welcome(self, event: JoinedSlice) -> None:
        if Welcome.broken:
            raise ValueError(f"no chair for {event.name}: {event!r}")
        Welcome.heard.append((event.person, event.name))


class Count(Service):
    heard: list = []

    @on_event("school.joined")
    def count(self, event: JoinedElsewhere) -> None:
        Count.heard.append(event.person)


PLUGINS = [
    make_plugin("school", services=[School], events=[Joined]),
    make_plugin("welcome", services=[Welcome]),
    make_plugin("count", services=[Count]),
]


class Campus:
    """The three plugins in one process, or each in a process's place over RabbitMQ and PostgreSQL."""

    def __init__(self, stack, folder, servers):
        self.servers, self.folder = servers, folder
        groups = [None] if not servers else [["school"], ["welcome"], ["count"]]
        urls = {"broker_url": servers[0].new_vhost(), "database_url": servers[1].new_database()} if servers else {}  # fmt: skip
        self.runtimes = [
            stack.enter_context(running(folder, *PLUGINS, names=names, **urls)) for names in groups
        ]
        wait_until(lambda: not any(runtime.readiness() for runtime in self.runtimes))

    def hosted(self, name):
        return next(runtime.hosted[name] for runtime in self.runtimes if name in runtime.hosted)

    def join(self, person, name=NAME, **more):
        self.hosted("school").runtime.call("school.join", {"person": person, "name": name, **more})

    def erase(self, person):
        school = self.hosted("school")
        context = acting_as(school.runtime, "operator:keeper", ERASE_PEOPLE)
        request = {"subject": person}
        answer = school.runtime.call("school.erase_subject", request, context=context)
        self.hosted("welcome").opener._known.clear()
        return answer

    def files(self):
        folders = [self.folder, *(server.directory for server in self.servers)]
        return [path for folder in folders for path in folder.rglob("*") if path.is_file()]

    def holding(self, data, only=""):
        return [path for path in self.files() if only in str(path) and data in _read(path)]


def _read(path):
    try:
        return path.read_bytes()
    except OSError:  # a server has just removed it
        return b""


@pytest.fixture(params=["embedded", "distributed"])
def campus(request, tmp_path):
    Welcome.heard.clear()
    Count.heard.clear()
    Welcome.broken = False
    servers = []
    if request.param == "distributed":
        servers = [request.getfixturevalue("rabbitmq"), request.getfixturevalue("postgresql")]
    with ExitStack() as stack:
        yield Campus(stack, tmp_path, servers)


def test_a_handler_that_declares_the_field_reads_it_and_nothing_else_holds_it(campus):
    campus.join("p1", details={"address": "12 Vilakazi Street"})
    campus.join("p2", OTHER)
    wait_until(lambda: sorted(Welcome.heard) == [("p1", NAME), ("p2", OTHER)])
    wait_until(lambda: sorted(Count.heard) == ["p1", "p2"])
    assert campus.holding(b"school.joined")
    for secret in (NAME, OTHER, "Vilakazi"):
        assert campus.holding(secret.encode()) == []


def test_after_erasure_the_handler_finds_none_and_others_stay_readable(campus):
    Welcome.broken = True
    campus.join("p1")
    campus.join("p2", OTHER)
    parked = campus.hosted("welcome").consumer.parked
    wait_until(lambda: len(parked()) == 2)
    answer = campus.erase("p1")
    assert (answer.answer, answer.sealed) == ("none", True)
    Welcome.broken = False
    campus.hosted("welcome").consumer.redrive([each.id for each in parked()])
    wait_until(lambda: sorted(Welcome.heard) == [("p1", None), ("p2", OTHER)])
    assert parked() == []


def test_after_erasure_the_key_is_in_no_file(campus):
    campus.join("p1")
    campus.join("p2", OTHER)
    wait_until(lambda: len(Welcome.heard) == 2)
    database = campus.hosted("school").database
    ((one,),) = database.execute("SELECT secret FROM azora_person_keys WHERE person = 'p1'")
    ((two,),) = database.execute("SELECT secret FROM azora_person_keys WHERE person = 'p2'")
    campus.erase("p1")
    where = "/base/" if campus.servers else "school.db"
    if campus.servers:
        _checkpoint(campus.servers[1])
    assert campus.holding(bytes(one), where) == []
    assert len(campus.holding(bytes(two), where)) == 1


def _checkpoint(postgresql):
    """Have PostgreSQL write its pages."""
    import psycopg2

    with closing(psycopg2.connect(postgresql.new_database())) as connection:
        connection.autocommit = True
        connection.cursor().execute("CHECKPOINT")


@embedded_only
def test_of_a_person_who_was_erased_nothing_is_told_any_more(campus):
    campus.erase("p1")
    campus.join("p1")
    wait_until(lambda: Welcome.heard == [("p1", None)])
    assert campus.holding(NAME.encode()) == []


@embedded_only
def test_a_failure_says_nothing_personal(campus, capfd):
    Welcome.broken = True
    campus.join("p1")
    (parked,) = wait_until(campus.hosted("welcome").consumer.parked)
    assert parked.error.startswith("ValueError: no chair for ***")
    told = "".join([parked.error, parked.stack, parked.data.decode(), *capfd.readouterr()])
    assert "no chair for ***" in told
    for word in NAME.split():
        assert word not in told


def ask(campus, plugin, event="school.joined", field="name", actor=None):
    """What the plugin, or somebody in its process, is given to open a field."""
    hosted = campus.hosted(plugin)
    request = {"event": event, "fields": {field: "some key"}}
    context = actor or hosted.as_itself()
    return hosted.runtime.call("school.open_fields", request, FieldSecrets, context=context).secrets


def test_only_a_plugin_with_a_handler_for_the_field_is_given_what_opens_it(campus):
    assert ask(campus, "welcome") == {"name": None}
    boss = acting_as(campus.hosted("school").runtime, "user:boss", "*", "school.joined.name")
    for refused in (
        {"plugin": "count"},
        {"plugin": "school"},
        {"plugin": "welcome", "field": "details"},
        {"plugin": "welcome", "event": "school.left"},
        {"plugin": "school", "actor": boss},
    ):
        with pytest.raises(NotAllowed):
            ask(campus, **refused)


@pytest.fixture
def traced():
    """The spans that were exported, with all their words."""
    memory = InMemorySpanExporter()
    export_traces(TraceExporter(SimpleSpanProcessor(memory), {"service.name": "test"}), 1.0)
    yield lambda: "".join(span.to_json() for span in memory.get_finished_spans())
    export_traces(None)


@embedded_only
def test_a_trace_says_nothing_personal(campus, traced):
    Welcome.broken = True
    campus.join("p1")
    wait_until(lambda: "no chair for ***" in traced())
    for word in NAME.split():
        assert word not in traced()


@embedded_only
def test_a_sealed_field_is_good_in_its_own_place_alone(campus):
    Welcome.broken = True
    campus.join("p1")
    campus.join("p1", OTHER)
    consumer = campus.hosted("welcome").consumer
    first, second = wait_until(lambda: len(rows := consumer.parked()) == 2 and rows)
    moved = orjson.loads(second.data) | {"name": orjson.loads(first.data)["name"]}
    assert MARK in moved["name"]
    with consumer.database.transaction():
        consumer.database.execute(
            "UPDATE azora_inbox SET data = ? WHERE event = ?", orjson.dumps(moved), second.id
        )
    Welcome.broken = False
    consumer.redrive([second.id])
    parked = wait_until(lambda: len(rows := consumer.parked()) == 2 and rows)
    assert "was changed on its way" in parked[1].error
    assert Welcome.heard == []


@embedded_only
def test_a_personal_field_says_whose_it_is_or_is_empty(campus):
    with pytest.raises(Invalid) as refused:
        campus.join(None)
    assert refused.value.code == "nobodys_field"
    campus.join("p1", None)
    wait_until(lambda: Welcome.heard == [("p1", None)])


def test_an_event_in_a_log_shows_no_personal_field():
    event = Joined(person="p1", name=NAME, details={"a": "b"})
    assert "p1" in repr(event)
    assert NAME not in f"{event!r} {event}"
    assert repr(Joined(person="p1", name=None)).count("None") == 1


def slice_of(**fields):
    """A slice that reads these fields, and says nothing of what is personal unless told to."""
    personal = fields.pop("personal", {})
    body = {"__annotations__": fields, "personal": personal, "__module__": __name__}
    return type("Slice", (Event,), body)


def refusal(payload, event=Joined):
    class Listener(Service):
        def listen(self, event) -> None:
            pass

    Listener.listen.__annotations__ = {"event": payload, "return": None}
    Listener.listen = on_event("school.joined")(Listener.listen)
    plugins = [
        make_plugin("school", services=[], events=[event]),
        make_plugin("listener", services=[Listener]),
    ]
    return load_registry(plugins, installed=False).refused


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (slice_of(name=str | None), "name: is personal; say so in Slice.personal"),
        (slice_of(name=str, personal={"name": "person"}), "name: "),
        (slice_of(course=str, personal={"course": "person"}), "course: is read as personal, but is not"),
    ],
)  # fmt: skip
def test_a_slice_that_reads_a_personal_field_says_so_and_takes_none(payload, reason):
    assert reason in refusal(payload)["listener"]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"personal": {"nobody": "person"}}, "names a field that is not there"),
        ({"personal": {"name": "person", "person": "name"}}, "cannot be personal itself"),
        ({"personal": {"name": "person"}, "key_field": "name"}, "a key travels in clear"),
    ],
)
def test_an_event_whose_fields_could_not_be_sealed_is_refused(facts, reason):
    event = type("Joined", (Joined,), {**facts, "__module__": __name__})
    assert reason in refusal(slice_of(course=str), event)["school"]
