"""What was settled on a channel is acknowledged by few frames, and nothing that was not."""

from types import SimpleNamespace

import eventlet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azora.rpc.acknowledging import Acknowledging


class Channel:
    """Stands where the broker stands: what is in hand, and what each frame takes out of it."""

    def __init__(self, count):
        self.hand, self.frames = Acknowledging(), 0
        self.outstanding = set(range(1, count + 1))
        self.rejected, self.acknowledged = set(), set()
        self.messages = {tag: self.message(tag) for tag in sorted(self.outstanding)}
        for message in self.messages.values():
            self.hand.take(message)

    def message(self, tag):
        def acknowledge(multiple=False):
            self.frames += 1
            meant = {one for one in self.outstanding if one <= tag} if multiple else {tag}
            assert tag in self.outstanding and meant
            self.outstanding -= meant
            self.acknowledged |= meant

        def reject(requeue):
            self.outstanding.remove(tag)
            self.rejected.add(tag)

        return SimpleNamespace(tag=tag, acknowledge=acknowledge, reject=reject)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.permutations(range(1, 25)), st.sets(st.integers(1, 24)), st.sets(st.integers(0, 23)))
def test_exactly_what_was_settled_is_acknowledged_in_whatever_order(order, rejected, pauses):
    channel = Channel(24)
    settled = set()
    for place, tag in enumerate(order[: len(order) - len(pauses) // 2]):
        if tag in rejected:
            channel.hand.reject(channel.messages[tag])
        else:
            channel.hand.acknowledge(channel.messages[tag])
            settled.add(tag)
        if place in pauses:
            eventlet.sleep(0)
            assert channel.acknowledged == settled
    eventlet.sleep(0)
    assert channel.acknowledged == settled
    assert channel.rejected.isdisjoint(settled)


def test_what_is_settled_in_one_turn_takes_one_frame_up_to_the_first_that_is_not():
    channel = Channel(20)
    for tag in [*range(10, 0, -1), 12, 15]:
        channel.hand.acknowledge(channel.messages[tag])
    eventlet.sleep(0)
    assert channel.frames == 3
    assert channel.outstanding == {11, 13, 14, *range(16, 21)}


def test_a_connection_that_is_lost_is_no_failure():
    def lost(multiple=False):
        raise ConnectionError("gone")

    hand, message = Acknowledging(), SimpleNamespace(tag=1, acknowledge=lost)
    hand.take(message)
    hand.acknowledge(message)
    eventlet.sleep(0)
