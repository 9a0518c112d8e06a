"""Gives a handler what the log holds: in batches straight to it where it takes them, else through its inbox.

A batch that goes straight has one transaction: the handler's effect, the place that the replay has reached,
and the names of its events. Whatever keeps it from that, it is stored in the inbox instead, where each event
is tried again, parked and kept in order as every other.
"""

import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from azora.contract import Handler
from azora.data.database import PluginDatabase
from azora.events.again import is_first_try, reaches_further, store
from azora.events.attempts import Attempts
from azora.events.claim import Claim
from azora.events.envelope import Envelope
from azora.events.inbox import SETTLED, UNSETTLED, Inbox, lane_of
from azora.events.pauses import Pauses
from azora.events.retold import Retold, tells_its_age

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin


class Stretch(NamedTuple):
    """How far a batch reaches in which replay, and whether it tells what was settled once more."""

    replay: str
    place: int
    again: bool


class Sorted(NamedTuple):
    """Events that may go straight to the handler, and those that have to go through its inbox."""

    straight: list[Envelope]
    stored: list[Envelope]


class Retelling:
    """The replays into the handlers of one plugin."""

    def __init__(self, hosted: "HostedPlugin", attempts: Attempts, retold: Retold) -> None:
        self._hosted = hosted
        self._database = hosted.database
        self._attempts = attempts
        self._retold = retold
        self._inbox = Inbox(hosted.database)
        self._pauses = Pauses(hosted.database)

    def give(self, handler: Handler, envelopes: Sequence[Envelope], stretch: Stretch) -> None:
        """Return once the handler has done them all, or they stand in its inbox."""
        if not envelopes:
            return
        if self._may_go_straight(handler, envelopes, stretch):
            sorted_ = self._sort(handler, envelopes, again=stretch.again)
            if sorted_.straight:
                take = partial(self._take, handler, envelopes, sorted_, stretch)
                claim = Claim(handler.name, sorted_.straight, take)
                self._attempts.make(handler, claim)
                if claim.taken:
                    return
        self._store(handler, envelopes, stretch)

    def _may_go_straight(
        self, handler: Handler, envelopes: Sequence[Envelope], stretch: Stretch
    ) -> bool:
        """A batch that was tried before did not end well: its process may have died of it."""
        if not stretch.replay or len(envelopes) > handler.batch:
            return False
        if self._pauses.is_paused(handler.name):
            return False
        return is_first_try(self._database, stretch.replay, stretch.place)

    def _sort(self, handler: Handler, envelopes: Sequence[Envelope], *, again: bool) -> Sorted:
        """What the handler has had is left out, unless it is told `again`."""
        ids = {envelope.id for envelope in envelopes}
        states = self._inbox.states(handler.name, ids)
        had = set() if again else self._retold.among(handler.name, ids)
        lanes = {lane for one in envelopes if (lane := lane_of(handler, one))}
        waiting = self._inbox.waiting_lanes(lanes)
        found = Sorted([], [])
        for envelope in {one.id: one for one in envelopes}.values():
            state = states.get(envelope.id)
            lane = lane_of(handler, envelope)
            if (state in SETTLED and not again) or envelope.id in had:
                continue
            if state in UNSETTLED or lane in waiting or not tells_its_age(envelope):
                found.stored.append(envelope)
                waiting |= {lane} if lane else set()
            else:
                found.straight.append(envelope)
        return found

    def _take(
        self,
        handler: Handler,
        envelopes: Sequence[Envelope],
        sorted_: Sorted,
        stretch: Stretch,
        database: PluginDatabase,
    ) -> bool:
        """Settle a batch in the handler's transaction, unless something came between."""
        self._retold.alone(handler.name)
        if self._sort(handler, envelopes, again=stretch.again) != sorted_:
            return False
        if not reaches_further(database, stretch.replay, stretch.place):
            return False
        now = time.time()
        self._retold.note(handler.name, [one.id for one in sorted_.straight], now)
        store(database, handler, sorted_.stored, now, again=stretch.again)
        return True

    def _store(self, handler: Handler, envelopes: Sequence[Envelope], stretch: Stretch) -> None:
        database = self._database
        with database.transaction():
            self._retold.alone(handler.name)
            if not reaches_further(database, stretch.replay, stretch.place):
                return
            sorted_ = self._sort(handler, envelopes, again=stretch.again)
            wanted = {one.id for one in (*sorted_.straight, *sorted_.stored)}
            events = [one for one in envelopes if one.id in wanted]
            store(database, handler, events, time.time(), again=stretch.again)
