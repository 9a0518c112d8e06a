"""A replay at the pace at which its events were told: by a clock that the test turns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azora.events.envelope import Envelope
from azora.events.log import Logged
from azora_nexus.replays.pacing import Pacing

START = 1_000.0
SMALLEST = 1e-6
"""Seconds that a clock can tell apart."""
GAPS = st.lists(st.integers(-300, 3_600), min_size=1, max_size=30)
"""Seconds between events as the log has them; a slow transaction comes behind events that were told later."""


class Hand:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


def events(gaps):
    told, found = 0.0, []
    for offset, gap in enumerate(gaps):
        told += gap
        envelope = Envelope(f"e-{offset}", "library", "library.found", 1, told, None, b"{}")
        found.append(Logged(offset, envelope))
    return found


def replayed(found, pace, batch):
    """(event, second of the replay at which it was due), as a runner asks for them."""
    clock = Hand()
    pacing, left, given_out = Pacing(clock), list(found), []
    while left:
        due, wait = pacing.due("r", pace, left[:batch])
        assert due or wait > 0
        given_out += [(one, clock.now - START) for one in due]
        del left[: len(due)]
        clock.now += max(wait, SMALLEST) if not due else 0.0
    return given_out


@given(GAPS, st.sampled_from([0.5, 1.0, 60.0]), st.integers(1, 10))
def test_each_event_is_due_once_in_order_and_after_what_stands_before_it(gaps, pace, batch):
    found = events(gaps)
    given_out = replayed(found, pace, batch)
    assert [one for one, _ in given_out] == found
    longest = 0.0
    for one, second in given_out:
        longest = max(longest, (one.envelope.time - found[0].envelope.time) / pace)
        assert second == pytest.approx(longest, abs=1e-4)


def test_an_hour_passes_in_a_minute_at_a_pace_of_sixty():
    first, last = replayed(events([0, 3_600]), 60, batch=500)
    assert (first[1], last[1]) == (0.0, pytest.approx(60.0, abs=1e-4))


def test_without_a_pace_all_is_due_at_once():
    found = events([0, 3_600, 7_200])
    assert Pacing(Hand()).due("r", 0, found) == (found, 0.0)


def test_a_replay_that_rested_begins_its_pace_anew():
    clock, (first, second) = Hand(), events([0, 100])
    pacing = Pacing(clock)
    assert pacing.due("r", 1, [first])[0] == [first]
    pacing.forget("r")
    clock.now += 5_000
    assert pacing.due("r", 1, [second]) == ([second], 0.0)
    assert pacing.due("other", 1, [first, second]) == ([first], 0.0)
