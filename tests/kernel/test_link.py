"""The connection to the broker through a relay that spoils, stalls and cuts what goes over it."""

import ssl
import time
from contextlib import contextmanager

import eventlet
import pytest
from eventlet.green import socket
from eventlet.greenio import shutdown_safe
from tests.kernel.hosting import make_plugin

from azora import DeadlineExceeded, Reply, Request, Service, Unavailable, operation
from azora.campus import open_runtime, prepare_campus
from azora.loader import load_registry
from azora.processes.upgrade import upgrade
from azora.rpc import connection, outgoing
from azora.rpc.link import address_of, open_link
from azora.settings import load_campus_settings
from azora.tls.authority import Authority

pytestmark = pytest.mark.needs("rabbitmq")

GOODBYE = b"\x00\x0a\x00\x32"
"""Connection.Close, in a frame of channel 0."""


class Say(Request):
    text: str = ""
    seconds: float = 0.0


class Said(Reply):
    text: str


class Bell(Service):
    rung: list = []

    @operation("POST /say", public=True)
    def say(self, request: Say) -> Said:
        Bell.rung.append(request.text)
        eventlet.sleep(request.seconds)
        return Said(text=request.text)

    @operation("GET /look", public=True, idempotent=True)
    def look(self, request: Say) -> Said:
        Bell.rung.append(request.text)
        eventlet.sleep(request.seconds)
        return Said(text=request.text)


class Relay:
    """Listens in front of the broker, for one connection at a time."""

    def __init__(self, url: str, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.broker_url = url
        self._broker, _, self._vhost = url.rpartition("@")[2].partition("/")
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self._flowing = {True: eventlet.event.Event(), False: eventlet.event.Event()}
        self.flow()
        self._ends: list = []
        self.sent = b""
        self._accepting = eventlet.spawn(self._accept)

    @property
    def url(self) -> str:
        scheme = "amqps" if self._tls else "amqp"
        return f"{scheme}://guest:guest@127.0.0.1:{self._listener.getsockname()[1]}/{self._vhost}"

    def say_to_client(self, data: bytes) -> None:
        self._ends[0].sendall(data)

    def stall(self, *, both: bool = True) -> None:
        """Take nothing more from the client, and from the broker neither."""
        for of_client in (True, False) if both else (True,):
            self._flowing[of_client] = eventlet.event.Event()

    def flow(self) -> None:
        for flowing in self._flowing.values():
            if not flowing.ready():
                flowing.send()

    def cut(self) -> None:
        for end in self._ends:
            shutdown_safe(end)

    def close(self) -> None:
        self._accepting.kill()
        self._listener.close()

    def _accept(self) -> None:
        host, port = self._broker.split(":")
        while True:
            client, _ = self._listener.accept()
            if self._tls:
                client = self._tls.wrap_socket(
                    client, server_side=True, do_handshake_on_connect=False
                )
            broker = socket.create_connection((host, int(port)))
            self._ends = [client, broker]
            eventlet.spawn_n(self._copy, client, broker, True)
            eventlet.spawn_n(self._copy, broker, client, False)

    def _copy(self, source, sink, of_client: bool) -> None:
        try:
            if self._tls and of_client:
                source.do_handshake()
            while True:
                self._flowing[of_client].wait()
                if not (data := source.recv(4096)):
                    break
                self._flowing[of_client].wait()
                if of_client:
                    self.sent = (self.sent + data)[-200:]
                sink.sendall(data)
        except (OSError, EOFError):
            pass
        shutdown_safe(sink)


@pytest.fixture
def relay(rabbitmq):
    relay = Relay(rabbitmq.new_vhost())
    yield relay
    relay.close()


@pytest.fixture
def campus(tmp_path, relay):
    """`bell` behind the broker itself, and a caller whose connection goes through the relay."""
    with campus_through(tmp_path, relay) as (bell, caller):
        yield bell, caller


@contextmanager
def campus_through(tmp_path, relay, *, behind="tower"):
    Bell.rung.clear()
    registry = load_registry(
        [make_plugin("bell", services=[Bell]), make_plugin("tower")], installed=False
    )
    runtimes = []
    try:
        for plugin in ("bell", "tower"):
            url = relay.url if plugin == behind else relay.broker_url
            settings = load_campus_settings(data_dir=tmp_path / "data", broker_url=url)
            prepare_campus(settings, registry)
            runtime = open_runtime(settings, registry, [plugin])
            upgrade(runtime)
            runtime.start()
            runtimes.append(runtime)
            assert runtime.transport.wait_ready(10)
        yield runtimes
    finally:
        for runtime in reversed(runtimes):
            runtime.stop(grace=2)


def eventually(check, timeout=10.0):
    """The first true value of `check()`; fails after `timeout` seconds."""
    end = time.monotonic() + timeout
    while not (found := check()):
        assert time.monotonic() < end, "it did not happen in time"
        eventlet.sleep(0.02)
    return found


def test_what_is_no_amqp_ends_the_connection_which_comes_back(campus, relay):
    _, caller = campus
    call = eventlet.spawn(caller.call, "bell.say", Say(seconds=5))
    eventually(lambda: Bell.rung)
    relay.say_to_client(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    with pytest.raises(Unavailable) as failure:
        call.wait()
    assert failure.value.sent == "unknown"
    eventually(lambda: caller.transport.ready)
    assert caller.call("bell.say", Say(text="again"), Said).text == "again"


def test_a_call_under_way_fails_once_with_its_connection_and_an_idempotent_one_is_tried_again(
    campus, relay
):
    _, caller = campus
    once = eventlet.spawn(caller.call, "bell.say", Say(text="once", seconds=1))
    again = eventlet.spawn(caller.call, "bell.look", Say(text="again", seconds=0.3), Said)
    eventually(lambda: len(Bell.rung) == 2)
    relay.cut()
    with pytest.raises(Unavailable):
        once.wait()
    eventually(lambda: caller.transport.ready)
    assert again.wait().text == "again"
    assert Bell.rung.count("once") == 1 and Bell.rung.count("again") >= 2


def test_a_write_whose_acknowledgement_is_lost_on_the_way_is_not_run_again(tmp_path, relay):
    with campus_through(tmp_path, relay, behind="bell") as (bell, caller):
        relay.stall(both=False)
        lost = eventlet.spawn(caller.call, "bell.say", Say(text="once"), Said, 2.0)
        eventually(lambda: "once" in Bell.rung)
        relay.cut()
        relay.flow()
        eventually(lambda: bell.transport.ready)
        assert caller.call("bell.say", Say(text="next"), Said).text == "next"
        with pytest.raises(DeadlineExceeded):
            lost.wait()
        assert Bell.rung == ["once", "next"]


def test_a_broker_that_takes_nothing_makes_callers_wait_and_memory_stays_bounded(campus, relay):
    _, caller = campus
    link = caller.transport._connection._link
    relay.stall()
    text = "x" * 200_000
    calls = [eventlet.spawn(caller.call, "bell.say", Say(text=text), Said) for _ in range(100)]
    eventually(lambda: link.outgoing.waiting > outgoing.ROOM)
    assert link.outgoing.waiting <= outgoing.ROOM + 2 * len(text)
    with pytest.raises(DeadlineExceeded):
        caller.call("bell.say", Say(text=text), Said, timeout=0.2)
    relay.flow()
    assert all(call.wait().text == text for call in calls)


def test_a_network_that_falls_silent_is_noticed_by_its_heartbeats(tmp_path, relay, monkeypatch):
    monkeypatch.setattr(connection, "HEARTBEAT", 1)
    with campus_through(tmp_path, relay) as (_, caller):
        call = eventlet.spawn(caller.call, "bell.say", Say(seconds=30), Said, 30)
        eventually(lambda: Bell.rung)
        relay.stall()
        with pytest.raises(Unavailable):
            call.wait()
        relay.flow()
        eventually(lambda: caller.transport.ready)


def test_who_stops_says_goodbye_to_the_broker(tmp_path, relay):
    with campus_through(tmp_path, relay) as (_, caller):
        caller.stop(grace=1)
        eventually(lambda: GOODBYE in relay.sent)


@pytest.fixture
def secured(tmp_path, rabbitmq, monkeypatch):
    """Makes a relay that speaks TLS, with a certificate for the host that is named, trusted here."""
    authority = Authority(tmp_path / "bought", "elsewhere")
    relays = []

    def make(host):
        authority.ensure([host])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority.certificate, authority.key)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))
        relays.append(Relay(rabbitmq.new_vhost(), context))
        return relays[0]

    yield make
    for relay in relays:
        relay.close()


def test_calls_cross_over_tls(tmp_path, secured):
    with campus_through(tmp_path, secured("127.0.0.1")) as (_, caller):
        text = "x" * 300_000
        calls = [eventlet.spawn(caller.call, "bell.say", Say(text=text), Said) for _ in range(20)]
        assert all(call.wait().text == text for call in calls)


def test_a_certificate_of_another_host_is_refused(secured):
    with pytest.raises(ssl.SSLCertVerificationError, match="IP address mismatch"):
        open_link(address_of(secured("elsewhere.example").url))
