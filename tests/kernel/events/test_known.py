"""Whether events were delivered before, asked by many greenlets at once."""

import eventlet
import pytest

from azora.errors import Unavailable
from azora.events.known import KnownEvents


class CountingInbox:
    """Knows the events that it is told, and how often it was asked."""

    def __init__(self, *here):
        self.here, self.asked, self.trouble = set(here), [], None

    def known(self, pairs):
        self.asked.append(set(pairs))
        eventlet.sleep(0.01)
        if self.trouble:
            raise self.trouble
        return self.here & set(pairs)


@pytest.fixture
def inbox():
    return CountingInbox(("1", "h"), ("2", "h"))


def ask(known, *events):
    return [eventlet.spawn(known.knows, event, "h") for event in events]


def test_those_that_ask_together_share_one_look(inbox):
    answers = [each.wait() for each in ask(KnownEvents(inbox), "1", "5", "2", "2")]
    assert answers == [True, False, True, True]
    assert inbox.asked == [{("1", "h"), ("2", "h"), ("5", "h")}]


def test_those_that_ask_while_it_looks_wait_for_the_next_look(inbox):
    known = KnownEvents(inbox)
    early = ask(known, "1")
    eventlet.sleep(0.002)
    late = ask(known, "5", "1")
    assert [each.wait() for each in [*early, *late]] == [True, False, True]
    assert len(inbox.asked) == 2


def test_everybody_hears_that_the_database_is_away(inbox):
    known = KnownEvents(inbox)
    inbox.trouble = Unavailable("away")
    for each in ask(known, "1", "2", "3"):
        with pytest.raises(Unavailable, match="away"):
            each.wait()
    inbox.trouble = None
    assert known.knows("1", "h")


def test_those_that_wait_are_told_where_the_first_is_interrupted(inbox):
    known = KnownEvents(inbox)
    first, second = ask(known, "1", "2")
    eventlet.sleep(0.002)
    first.kill()
    with pytest.raises(Unavailable):
        second.wait()
    assert known.knows("2", "h")
