"""A pod stands still while it holds messages and finishes none, however often one looks."""

from hypothesis import given
from hypothesis import strategies as st

from azora_operator.standstill import Hand, Standstill

LOOKS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=12)


@given(LOOKS)
def test_it_lasts_since_the_last_message_was_finished_or_taken(looks):
    standing, finished, since = Standstill(), 0, None
    for now, (held, done) in enumerate(looks):
        finished += done
        standing.take({"pod": Hand(held, finished)}, now)
        since = None if not held else now if done or since is None else since
        assert standing.all(now) == ({} if since is None else {"pod": now - since})


def test_pod_that_is_gone_or_on_its_way_out_is_forgotten():
    standing = Standstill()
    standing.take({"one": Hand(1, 0), "two": Hand(1, 0)}, 0)
    standing.forget("one")
    assert standing.all(5) == {"two": 5}
    standing.take({}, 6)
    assert standing.all(6) == {}


def test_channels_of_one_pod_count_together():
    assert Hand(1, 10) + Hand(0, 5) == Hand(1, 15)
