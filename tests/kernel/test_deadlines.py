"""One timer watches all deadlines: each piece of work is interrupted in its own time, and no other."""

import time

import eventlet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azora import DeadlineExceeded
from azora.context import Context
from azora.deadlines import Deadline


def work(seconds, allowed, context=None):
    """Wait so long under a deadline; what came of it, and when."""
    deadline = Deadline(context or Context(None), allowed, "a.work")
    began = time.monotonic()
    deadline.start()
    try:
        eventlet.sleep(seconds)
    except BaseException as error:  # noqa: BLE001 – whatever interrupts
        return deadline.end(error), time.monotonic() - began
    return deadline.end(None), time.monotonic() - began


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0.0, 0.3]), st.integers(1, 60)), max_size=30))
def test_each_of_many_is_interrupted_in_its_own_time(pieces):
    works = [eventlet.spawn(work, waits, allowed / 1000) for waits, allowed in pieces]
    for (waits, allowed), piece in zip(pieces, works, strict=True):
        failure, took = piece.wait()
        if waits:
            assert isinstance(failure, DeadlineExceeded)
            assert took >= allowed / 1000
        else:
            assert failure is None or "too late" in failure.detail


def test_work_that_ended_as_its_time_was_up_interrupts_nothing_later():
    for _ in range(30):
        work(0.002, 0.002)
        eventlet.sleep(0.001)
    eventlet.sleep(0.01)


def test_work_inside_other_work_is_interrupted_by_the_earlier_deadline():
    context = Context(None)
    outer = Deadline(context, 0.02, "a.outer")
    outer.start()
    with pytest.raises(eventlet.Timeout) as interrupted:
        inner = Deadline(context, 30, "a.inner")
        inner.start()
        eventlet.sleep(5)
    failure = inner.end(interrupted.value)
    assert failure is interrupted.value
    assert isinstance(outer.end(failure), DeadlineExceeded)


def test_what_is_asked_too_late_is_not_begun():
    context = Context(None)
    context.deadline = time.monotonic() - 1
    with pytest.raises(DeadlineExceeded, match="asked too late"):
        Deadline(context, 5, "a.work").start()
