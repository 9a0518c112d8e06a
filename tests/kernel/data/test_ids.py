"""uuid7: the RFC's layout, in order, within one process."""

import time
import uuid

from azora.ids import uuid7


def test_an_id_is_a_canonical_uuid_of_version_7_with_the_time_in_it():
    before = time.time_ns() // 1_000_000
    text = uuid7()
    parsed = uuid.UUID(text)
    assert str(parsed) == text
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
    assert before <= parsed.int >> 80 <= before + 1000


def test_ids_are_strictly_increasing_and_distinct():
    made = [uuid7() for _ in range(50_000)]
    assert made == sorted(set(made))


def test_ids_go_on_increasing_when_the_clock_steps_back(monkeypatch):
    first = uuid7()
    monkeypatch.setattr(time, "time_ns", lambda: 1_000_000_000)
    assert uuid7() > first
