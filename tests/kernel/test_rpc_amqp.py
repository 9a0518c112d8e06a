"""Calls and events over a real RabbitMQ, between processes of a campus and with stock Nameko."""

import time
from contextlib import contextmanager

import eventlet
import peewee
import pytest
from nameko.containers import ServiceContainer
from nameko.events import event_handler
from nameko.exceptions import RemoteError
from nameko.rpc import rpc
from nameko.standalone.events import event_dispatcher
from nameko.standalone.rpc import ClusterRpcProxy
from tests.kernel.hosting import acting_as, make_plugin
from tests.pace import quickest

from azora import (
    DeadlineExceeded,
    Event,
    Invalid,
    NotAllowed,
    NotFound,
    Permission,
    Reply,
    Request,
    Service,
    Table,
    Unavailable,
    on_event,
    operation,
)
from azora.campus import open_runtime, prepare_campus
from azora.loader import load_registry
from azora.processes.upgrade import upgrade
from azora.settings import load_campus_settings

pytestmark = pytest.mark.needs("rabbitmq")


class Say(Request):
    text: str = ""
    times: int = 1
    seconds: float = 0.0


class Said(Reply):
    text: str


class Rang(Event):
    text: str


class Heard(Table):
    text = peewee.TextField()

    class Meta:
        personal = ()
        retention = "for the length of a test"


class Bell(Service):
    @operation("POST /say", public=True)
    def say(self, request: Say) -> Said:
        return Said(text=request.text * request.times)

    @operation("POST /guarded", permission="bell.guarded")
    def guarded(self, request: Say) -> Said:
        return Said(text=self.actor.id)

    @operation("GET /missing", public=True)
    def missing(self, request: Say) -> Said:
        raise NotFound("no such bell", code="bell.not_found")

    @operation("POST /nap", public=True)
    def nap(self, request: Say) -> Said:
        eventlet.sleep(request.seconds)
        return Said(text="rested")

    @operation("POST /ring", public=True)
    def ring(self, request: Say) -> Said:
        return Said(text=self.emit(Rang(text=request.text)))


class Tower(Service):
    @operation("POST /forward", public=True)
    def forward(self, request: Say) -> Said:
        return self.call("bell.say", request, Said)

    @operation("POST /beyond", public=True)
    def beyond(self, request: Say) -> Said:
        return self.call("bell.nap", request, Said)

    @operation("POST /to-stock", public=True)
    def to_stock(self, request: Say) -> Said:
        return Said(text=self.call("stock.shout", request))

    @operation("GET /heard", public=True)
    def heard(self, request: Say) -> Said:
        return Said(text=",".join(row.text for row in Heard.select().order_by(Heard.id)))

    @on_event("bell.rang")
    def note(self, event: Rang) -> None:
        with self.transaction():
            Heard.create(text=event.text)

    @on_event("stock.tolled")
    def note_stock(self, event: Rang) -> None:
        with self.transaction():
            Heard.create(text=f"stock:{event.text}")


class Stock:
    """A stock Nameko service that knows nothing of Azora."""

    name = "stock"
    heard: list = []

    @rpc
    def shout(self, text, times=1, seconds=0.0):
        return text.upper()

    @event_handler("bell", "rang")
    def on_rang(self, payload):
        self.heard.append(payload)


@contextmanager
def campus_of(tmp_path, url, ways=("azora", "azora")):
    """Two runtimes, as in two processes: `bell` in one, `tower` in the other, RabbitMQ between.

    `ways` are the RPC of each.
    """
    bell = make_plugin(
        "bell", services=[Bell], events=[Rang], permissions=[Permission("bell.guarded", "")]
    )
    calls = ["bell.say", "stock.shout"]
    tower = make_plugin("tower", services=[Tower], tables=[Heard], calls=calls)
    registry = load_registry([bell, tower], installed=False)
    runtimes = []
    for name, way in zip(("bell", "tower"), ways, strict=True):
        settings = load_campus_settings(data_dir=tmp_path / "data", broker_url=url, rpc=way)
        prepare_campus(settings, registry)
        runtime = open_runtime(settings, registry, [name])
        upgrade(runtime)
        runtimes.append(runtime)
    database = runtimes[1].hosted["tower"].database
    with database.altering():
        database.peewee.create_tables([Heard])
    try:
        for runtime in runtimes:
            runtime.start()
            assert runtime.transport.wait_ready(10)
        yield runtimes
    finally:
        for runtime in runtimes:
            runtime.stop(grace=2)


@pytest.fixture
def url(rabbitmq):
    return rabbitmq.new_vhost()


@pytest.fixture
def campus(tmp_path, url):
    with campus_of(tmp_path, url) as runtimes:
        yield runtimes


WAYS = [("azora", "azora"), ("nameko", "nameko"), ("azora", "nameko"), ("nameko", "azora")]


@pytest.fixture(scope="module", params=WAYS, ids="-".join)
def pair(request, rabbitmq, tmp_path_factory):
    """The two with our wire, with stock RPC, and with one of each; tests share them."""
    folder = tmp_path_factory.mktemp("pair")
    with campus_of(folder, rabbitmq.new_vhost(), request.param) as runtimes:
        yield runtimes


def url_of(runtimes):
    return str(runtimes[0].settings.broker_url)


@contextmanager
def stock_service(url):
    Stock.heard.clear()
    container = ServiceContainer(Stock, {"AMQP_URI": url, "max_workers": 5})
    container.start()
    yield
    container.stop()


def eventually(check, timeout=10.0):
    """The first true value of `check()`; fails after `timeout` seconds."""
    end = time.monotonic() + timeout
    while True:
        if found := check():
            return found
        assert time.monotonic() < end, "it did not happen in time"
        eventlet.sleep(0.02)


def test_call_that_is_not_declared_is_refused(pair):
    with pytest.raises(NotAllowed) as refusal:
        pair[1].call("tower.beyond", Say(text="x"))
    assert refusal.value.code == "call_not_declared"


def test_a_plugin_calls_another_process(pair):
    _, tower = pair
    assert tower.call("tower.forward", Say(text="ding", times=2)).text == "dingding"
    assert tower.call("bell.say", Say(text="dong"), Said) == Said(text="dong")


def test_a_typed_error_crosses_with_its_code_and_fields(pair):
    _, tower = pair
    with pytest.raises(NotFound) as failure:
        tower.call("bell.missing", Say())
    assert (failure.value.code, failure.value.detail) == ("bell.not_found", "no such bell")
    with pytest.raises(Invalid) as failure:
        tower.call("bell.say", {"times": "many"})
    assert failure.value.fields[0]["field"] == "times"


def test_the_actor_crosses_signed(pair):
    _, tower = pair
    allowed = acting_as(tower, "user:1", "bell.guarded")
    assert tower.call("bell.guarded", Say(), context=allowed).text == "user:1"
    with pytest.raises(NotAllowed):
        tower.call("bell.guarded", Say(), context=acting_as(tower, "user:1"))


def test_a_service_that_is_not_there_is_unavailable_within_milliseconds(pair):
    _, tower = pair

    def call():
        with pytest.raises(Unavailable) as failure:
            tower.call("nobody.home", {})
        assert failure.value.sent == "not_sent"

    assert quickest(call, 1.0) <= 1.0


def test_a_callee_that_does_not_answer_fails_the_call_in_time(pair):
    bell, tower = pair

    def call():
        with pytest.raises(DeadlineExceeded):
            tower.call("bell.nap", Say(seconds=5), timeout=0.3)

    assert quickest(call, 1.0) <= 1.0
    eventually(lambda: bell.hosted["bell"].in_flight == 0, 2.0)


def test_many_calls_at_once_each_get_their_own_answer(pair):
    _, tower = pair
    calls = [eventlet.spawn(tower.call, "bell.say", Say(text=str(n)), Said) for n in range(300)]
    assert [call.wait().text for call in calls] == [str(n) for n in range(300)]


def test_a_process_calls_serves_and_listens_on_one_connection(campus, rabbitmq, url):
    bell, tower = campus
    bell.call("bell.ring", Say(text="noon"))
    assert eventually(lambda: tower.call("tower.heard", Say()).text) == "noon"
    assert tower.call("bell.say", Say(text="ding"), Said).text == "ding"
    vhosts = rabbitmq.control("list_connections", "vhost").split()
    assert vhosts.count(url.rpartition("/")[2]) == len(campus)


def test_a_large_message_crosses_in_pieces(pair):
    _, tower = pair
    text = "x" * 700_000
    assert tower.call("bell.say", Say(text=text), Said).text == text


def test_a_stock_client_calls_public_operations_and_reads_errors(pair):
    with ClusterRpcProxy({"AMQP_URI": url_of(pair)}, timeout=10) as services:
        assert services.bell.say(text="ding", times=2) == {"text": "dingding"}
        assert services.bell.say({"text": "dong"}) == {"text": "dong"}
        with pytest.raises(RemoteError, match="NotAuthenticated"):
            services.bell.guarded(text="x")
        with pytest.raises(RemoteError, match="NotFound"):
            services.bell.no_such_operation()
        with pytest.raises(RemoteError, match="Invalid"):
            services.bell.say(times="many")


def test_a_plugin_calls_a_stock_service(pair):
    _, tower = pair
    with stock_service(url_of(pair)):
        assert tower.call("tower.to_stock", Say(text="hello")).text == "HELLO"


def test_an_event_reaches_the_handler_of_another_process_and_a_stock_one(campus, url):
    bell, tower = campus
    with stock_service(url):
        bell.call("bell.ring", Say(text="noon"))
        assert eventually(lambda: tower.call("tower.heard", Say()).text) == "noon"
        assert eventually(lambda: Stock.heard) == [{"text": "noon"}]


def test_an_event_of_a_stock_dispatcher_is_handled(campus, url):
    _, tower = campus
    event_dispatcher({"AMQP_URI": url})("stock", "tolled", {"text": "one"})
    assert eventually(lambda: tower.call("tower.heard", Say()).text) == "stock:one"


def test_processes_know_each_other_within_seconds(campus):
    _, tower = campus
    plugins = lambda: {name for node in tower.transport.presence.nodes() for name in node.plugins}  # noqa: E731
    eventually(lambda: plugins() == {"bell", "tower"}, 5.0)
    bell, _ = campus
    bell.transport.presence.stop()
    eventually(lambda: plugins() == {"tower"}, 5.0)


@pytest.mark.parametrize("way", ["azora", "nameko"])
def test_a_broker_that_restarts_loses_no_event_and_no_campus(tmp_path, rabbitmq, way):
    url = rabbitmq.new_vhost()
    # Stopped, not killed: RabbitMQ 3.10 that is killed within seconds of a quorum queue's declaration
    # never serves that queue again.
    with campus_of(tmp_path, url, (way, way)) as (bell, tower):
        bell.call("bell.ring", Say(text="before"))
        assert eventually(lambda: tower.call("tower.heard", Say()).text) == "before"
        rabbitmq.stop()
        eventually(lambda: not tower.transport.ready)
        with pytest.raises(Unavailable):
            tower.call("bell.say", Say(text="x"))
        bell.call("bell.ring", Say(text="during"))
        rabbitmq.start()
        eventually(lambda: tower.transport.ready and bell.transport.ready, 30)
        bell.call("bell.ring", Say(text="after"))
        eventually(lambda: tower.call("tower.heard", Say()).text == "before,during,after", 30)
        assert tower.call("bell.say", Say(text="again"), Said).text == "again"
