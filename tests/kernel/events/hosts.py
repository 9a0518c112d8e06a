"""Stands where a runtime stands: plugins with a database each, joined by the local courier."""

import time
from contextlib import contextmanager
from types import SimpleNamespace

import eventlet
import orjson
import structlog

from azora.contract import Handler
from azora.data.database import open_database
from azora.data.migrations import migrate
from azora.events.consumer import Consumer, Pace
from azora.events.courier import LocalCourier
from azora.events.envelope import Envelope
from azora.events.outbox import Outbox
from azora.events.relay import Relay
from azora.ids import uuid7

FAST = Pace(first_pause=0.005, longest_pause=0.05, idle=0.5)


def handler(name="seen", event="maker.ticked", ordered=False, attempts=8, timeout=5.0, batch=0):
    return Handler(name, event, ordered, attempts, timeout, batch=batch)


def envelope(n=0, key=None, kind="maker.ticked", id=None):
    return Envelope(id or uuid7(), "maker", kind, 1, time.time(), key, orjson.dumps({"n": n}))


class Host:
    """One plugin: its handlers are functions that get (host, data, envelope), or lists of both in batches."""

    def __init__(self, hosts, name, handlers, pace, module=None):
        self.hosts, self.name = hosts, name
        self.log = structlog.get_logger(plugin=name)
        self.database = open_database(name, hosts.settings)
        migrate(self.database, module)
        self.functions = {each.name: function for each, function in handlers}
        self.outbox = Outbox()
        self.event_log = None
        self.relay = Relay(self, hosts.courier)
        self.consumer = Consumer(self, [each for each, _ in handlers], pace)
        self.claims = {}

    def handle(self, handler, claim):
        self.claims[eventlet.getcurrent()] = claim
        told = [(orjson.loads(envelope.data), envelope) for envelope in claim.envelopes]
        try:
            if handler.batch:
                self.functions[handler.name](self, *map(list, zip(*told, strict=True)))
            else:
                self.functions[handler.name](self, *told[0])
        finally:
            del self.claims[eventlet.getcurrent()]

    @contextmanager
    def transaction(self):
        claim = self.claims.get(eventlet.getcurrent())
        with claim.transaction(self.database) if claim else self.database.transaction():
            yield
        self.relay.ring()

    def emit(self, envelope):
        if self.database.in_transaction:
            self.outbox.append(self.database, envelope)
        else:
            with self.transaction():
                self.outbox.append(self.database, envelope)


class Hosts:
    """Hosts that share a courier; `start` runs their relays and consumers."""

    def __init__(self, folder, url=None):
        self.settings = SimpleNamespace(data_dir=folder, database_url_of=lambda plugin: url)
        self.hosted = {}
        self.courier = LocalCourier(self)
        self._greenlets = []

    def host(self, name, *handlers, pace=FAST, module=None):
        self.hosted[name] = host = Host(self, name, handlers, pace, module)
        return host

    def start(self):
        for host in self.hosted.values():
            self._greenlets += [eventlet.spawn(host.relay.run), eventlet.spawn(host.consumer.run)]

    def rest(self):
        """Stop what `start` runs."""
        for greenlet in self._greenlets:
            greenlet.kill()
        self._greenlets.clear()

    def close(self):
        self.rest()
        for host in self.hosted.values():
            host.database.close()


class StallWatch:
    """Measures the longest processor time that others took before a greenlet could run again."""

    def __init__(self):
        self.begin_anew()

    def begin_anew(self):
        """Forget what was measured, and whatever the caller itself was just doing."""
        self.longest, self._asked = 0.0, time.process_time()

    def run(self):
        while True:
            self._asked = time.process_time()
            eventlet.sleep(0.005)
            self.longest = max(self.longest, time.process_time() - self._asked)


def eventually(condition, seconds=10.0, what="the condition holds"):
    """Wait greenly until the condition is true."""
    limit = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < limit, f"not in {seconds} s: {what}"
        eventlet.sleep(0.005)
    return value


def rows(host, sql, *params):
    return host.database.execute(sql, *params)


def states(host):
    return host.consumer.inbox.counts()


def write_seen(host, data, _):
    """A handler that keeps the number that it is told, in the order in which they come."""
    with host.transaction():
        host.database.execute("INSERT INTO seen (n) VALUES (?)", data["n"])


def make_seen(host):
    """The table of `write_seen`; it does not mind doubles, so that a test can find them."""
    serial = "INTEGER PRIMARY KEY" if host.database.dialect == "sqlite" else "BIGSERIAL PRIMARY KEY"
    with host.database.altering():
        host.database.execute(f"CREATE TABLE IF NOT EXISTS seen (place {serial}, n BIGINT)")


def seen(host):
    return [n for (n,) in host.database.execute("SELECT n FROM seen ORDER BY place")]
