"""The inbox as a state machine: whatever happens in whatever order, each event has its effect once."""

import tempfile
import time
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.kernel.events.hosts import envelope

from azora.data.database import open_database
from azora.data.migrations import migrate
from azora.events.claim import Duplicate, claim_of
from azora.events.inbox import FAR, Inbox
from azora.events.inbox_row import Failure
from azora.events.parking import Parking

LEASE = 10.0


class InboxMachine(RuleBasedStateMachine):
    """Two keys in lanes and one outside; attempts succeed, fail, park, or belong to a dead process."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        place = SimpleNamespace(data_dir=self.folder.name, database_url_of=lambda plugin: None)
        self.database = open_database("reader", place)
        migrate(self.database, None)
        self.inbox, self.parking = Inbox(self.database), Parking(self.database)
        self.now = time.time()
        self.accepted, self.effects, self.discarded = [], [], set()
        self.running, self.zombies = [], []

    @rule(key=st.sampled_from(["a", "b", None]), again=st.booleans())
    def accept(self, key, again):
        if again and self.accepted:
            event, lane = self.accepted[len(self.accepted) // 2]
        else:
            event, lane = envelope(len(self.accepted), key), key and f"h {key}"
            self.accepted.append((event, lane))
        with self.database.transaction():
            self.inbox.insert([(event, "h", lane)], self.now)

    @rule(limit=st.integers(1, 4), suspects=st.booleans(), window=st.sampled_from([1, 3, 256]))
    def claim(self, limit, suspects, window):
        with self.database.transaction():
            until = self.now + LEASE
            found = self.inbox.claim(
                ["h"], limit, self.now, until, suspects=suspects, window=window
            )
        self.running += found
        lanes = [delivery.lane for delivery in self.running if delivery.lane]
        assert len(lanes) == len(set(lanes))

    @precondition(lambda self: self.running)
    @rule(which=st.integers(0, 9))
    def succeed(self, which):
        self._settle(self.running.pop(which % len(self.running)))

    @precondition(lambda self: self.running)
    @rule(which=st.integers(0, 9))
    def roll_back(self, which):
        delivery = self.running[which % len(self.running)]
        claim = claim_of([delivery])
        with pytest.raises(ZeroDivisionError), self.database.transaction():
            claim.take(self.database)
            raise ZeroDivisionError
        assert not claim.taken

    @precondition(lambda self: self.running)
    @rule(which=st.integers(0, 9), state=st.sampled_from(["pending", "parked"]))
    def fail(self, which, state):
        delivery = self.running.pop(which % len(self.running))
        with self.database.transaction():
            self.inbox.mark_failed(delivery, state, Failure("no"), self.now, self.now + 1)

    @precondition(lambda self: self.running)
    @rule()
    def die(self):
        self.now += LEASE + 1
        for seq, _, attempts, _, lane in self.inbox.abandoned(self.now):
            with self.database.transaction():
                self.inbox.recover(
                    seq, attempts, "pending", "the process ended", self.now, self.now + 1
                )
                if lane:
                    self.inbox.defer_lane(lane, self.now + 1)
        self.zombies += self.running
        self.running = []

    @precondition(lambda self: self.zombies)
    @rule()
    def a_zombie_finishes(self):
        delivery = self.zombies.pop()
        with pytest.raises(Duplicate):
            claim_of([delivery]).settle(self.database)
        with self.database.transaction():
            self.inbox.mark_failed(delivery, "parked", Failure("late"), self.now, FAR)

    @rule()
    def wait(self):
        self.now += 1.5

    @rule(drop=st.booleans())
    def look_after_parked(self, drop):
        parked = self.parking.events()
        if parked and drop:
            self.parking.discard([parked[0].id], "a test")
            self.discarded.add(parked[0].id)
        elif parked:
            self.parking.redrive([parked[0].id])

    @invariant()
    def each_effect_is_there_once_and_in_the_order_of_its_lane(self):
        assert len(self.effects) == len(set(self.effects))
        place = {event.id: (lane, index) for index, (event, lane) in enumerate(self.accepted)}
        for lane in ("h a", "h b"):
            order = [place[id_][1] for id_ in self.effects if place[id_][0] == lane]
            assert order == sorted(order)

    def teardown(self):
        """Everything that was accepted is in the end done, unless somebody discarded it."""
        for delivery in self.running:
            self._settle(delivery)
        for _ in range(4 * len(self.accepted) + 4):
            self.now += 2
            if parked := self.parking.events():
                self.parking.redrive([each.id for each in parked])
            for suspects in (False, True):
                with self.database.transaction():
                    found = self.inbox.claim(
                        ["h"], 9, self.now, self.now + LEASE, suspects=suspects, window=10_000
                    )
                for delivery in found:
                    self._settle(delivery)
        assert set(self.effects) == {event.id for event, _ in self.accepted} - self.discarded
        self.database.close()
        self.folder.cleanup()

    def _settle(self, delivery):
        claim_of([delivery]).settle(self.database)
        self.effects.append(delivery.envelope.id)


def test_no_order_of_attempts_failures_and_deaths_loses_or_doubles_an_event():
    run_state_machine_as_test(
        InboxMachine,
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
