"""A canary serves its share of the calls, and nobody is worse off for it than by its own mistakes."""

from collections import Counter
from contextlib import contextmanager

import eventlet
import pytest
from nameko.standalone.rpc import ClusterRpcProxy
from tests.kernel.hosting import make_plugin

from azora import Event, Reply, Request, Service, ServiceError, on_event, operation
from azora.campus import open_runtime, prepare_campus
from azora.client import Client
from azora.ids import uuid7
from azora.loader import load_registry
from azora.processes.upgrade import upgrade
from azora.settings import load_campus_settings
from azora.testing.servers import wait_until

pytestmark = pytest.mark.needs("rabbitmq")

CALLS = 400


class Ask(Request):
    seconds: float = 0.0


class Who(Reply):
    who: str


class Struck(Event):
    stroke: str


def bell(who, fails=False):
    """The plugin `bell` in one of its versions."""
    heard: set[str] = set()

    class Bell(Service):
        @operation("POST /ask", public=True)
        def ask(self, request: Ask) -> Who:
            if fails:
                raise ServiceError("a mistake of the new version")
            eventlet.sleep(request.seconds)
            return Who(who=who)

        @operation("GET /look", public=True, idempotent=True)
        def look(self, request: Ask) -> Who:
            return self.ask(request)

        @operation("POST /canary", public=True)
        def canary(self, request: Ask) -> Who:
            return Who(who=f"{who}, asked by an unlucky name")

        @operation("POST /strike", public=True)
        def strike(self, request: Ask) -> Who:
            self.emit(Struck(stroke=uuid7()))
            return Who(who=who)

        @on_event("bell.struck")
        def hear(self, event: Struck) -> None:
            heard.add(event.stroke)

    return make_plugin("bell", services=[Bell], events=[Struck]), heard


class Tower(Service):
    @operation("POST /idle", public=True)
    def idle(self, request: Ask) -> Who:
        return Who(who="tower")


@pytest.fixture
def url(rabbitmq):
    return rabbitmq.new_vhost()


@contextmanager
def process(tmp_path, url, modules, name, **settings):
    """A runtime as in a process of its own, and whether the broker has it."""
    registry = load_registry(modules, installed=False)
    given = load_campus_settings(data_dir=tmp_path / "data", broker_url=url, **settings)
    prepare_campus(given, registry)
    runtime = open_runtime(given, registry, [name])
    upgrade(runtime)
    runtime.start()
    assert runtime.transport.wait_ready(10)
    try:
        yield runtime
    finally:
        runtime.stop(grace=2)


@contextmanager
def campus(tmp_path, url, share, rpc="azora", **canary):
    """A caller, the stable `bell`, its canary, and what each of the two has heard."""
    (old, heard), (new, heard_too) = bell("stable"), bell("canary", **canary)
    tower = make_plugin("tower", services=[Tower])
    with (
        process(tmp_path, url, [old], "bell", rpc=rpc),
        process(tmp_path, url, [new], "bell", rpc=rpc, canary_share=share) as second,
        process(tmp_path, url, [old, tower], "tower", rpc=rpc) as caller,
    ):
        known = caller.transport.presence.canary_share
        wait_until(lambda: known("bell") == share and len(caller.nodes()) == 3, 10)
        yield caller, second, heard, heard_too


def answers(caller, target="bell.ask", calls=CALLS, **request):
    """Who has answered how many of so many calls; a call that failed was answered by nobody."""

    def ask():
        try:
            return caller.call(target, request, Who).who
        except ServiceError:
            return "nobody"

    asked = [eventlet.spawn(ask) for _ in range(calls)]
    return Counter(one.wait() for one in asked)


@pytest.mark.parametrize("rpc", ["azora", "nameko"])
def test_canary_answers_its_share_of_the_calls(tmp_path, url, rpc):
    with campus(tmp_path, url, 0.25, rpc) as (caller, *_):
        found = answers(caller)
        assert found["stable"] + found["canary"] == CALLS
        assert 50 <= found["canary"] <= 150


def test_those_who_know_nothing_of_canaries_reach_the_stable_version(tmp_path, url):
    with campus(tmp_path, url, 1.0) as (caller, *_):
        assert answers(caller, calls=20) == {"canary": 20}
        with ClusterRpcProxy({"AMQP_URI": url}, timeout=10) as services, Client(url) as client:
            assert {services.bell.ask()["who"] for _ in range(20)} == {"stable"}
            assert {client.call("bell.ask")["who"] for _ in range(20)} == {"stable"}


def test_only_the_share_of_a_faulty_canary_sees_its_errors(tmp_path, url):
    with campus(tmp_path, url, 0.25, fails=True) as (caller, *_):
        found = answers(caller)
        assert 0 < found["nobody"] <= 150
        assert found["stable"] == CALLS - found["nobody"]
        assert answers(caller, "bell.look", 50) == {"stable": 50}


@pytest.mark.parametrize("rpc", ["azora", "nameko"])
def test_no_call_is_lost_when_a_canary_dies(tmp_path, url, rpc):
    with campus(tmp_path, url, 0.5, rpc) as (caller, canary, *_):
        canary.transport.stop()
        assert caller.transport.presence.canary_share("bell") == 0.5
        assert answers(caller, calls=100) == {"stable": 100}


def test_no_call_is_lost_when_a_canary_is_told_to_stop(tmp_path, url):
    with campus(tmp_path, url, 0.5) as (caller, canary, *_):
        asked = eventlet.spawn(answers, caller, calls=100, seconds=0.2)
        eventlet.sleep(0.1)
        canary.stop(grace=5)
        assert asked.wait().keys() == {"stable", "canary"}
        assert answers(caller, calls=50) == {"stable": 50}


def test_canary_takes_no_events_and_tells_its_own(tmp_path, url):
    with campus(tmp_path, url, 0.5) as (caller, _canary, heard, heard_by_canary):
        found = answers(caller, "bell.strike", 40)
        assert found["canary"] and found.total() == found["stable"] + found["canary"]
        wait_until(lambda: len(heard) == 40, 10)
        assert heard_by_canary == set()


def test_operation_of_that_name_is_an_operation_as_any(tmp_path, url):
    with campus(tmp_path, url, 0.5) as (caller, *_):
        found = answers(caller, "bell.canary", 20)
        assert set(found) == {f"{who}, asked by an unlucky name" for who in ("stable", "canary")}
