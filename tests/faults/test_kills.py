"""Kill -9, stops and restarts of a whole campus under load: what was accepted is there, counted once."""

import os
import signal
import subprocess
import time

import pytest
from tests.faults.load import Writers, counted_in, titles_in, wait_for

SETTLED = 15.0
"""Seconds after which nothing may be left of a death."""

UNLIMITED = {"AZORA_HTTP_RATE_LIMIT_SIGNED_IN": "100000", "AZORA_HTTP_RATE_LIMIT": "100000"}


def settle(campus, mark):
    """Wait until the counters have caught up with what is stored; the titles."""
    titles = titles_in(campus, mark)
    campus.eventually(lambda: counted_in(campus, mark) >= len(titles), SETTLED)
    return titles


def assert_nothing_lost_nothing_doubled(campus, writers):
    titles = settle(campus, writers.mark)
    assert len(titles) == len(set(titles)), "a resource was stored twice"
    assert set(writers.stored) <= set(titles), "a resource that was accepted is gone"
    assert set(titles) <= set(writers.stored) | set(writers.unanswered), (
        "a resource came from nowhere"
    )
    assert counted_in(campus, writers.mark) == len(titles), "an event was lost or counted twice"


def process_of(campus, name):
    """The process id of one child of a distributed campus."""
    children = subprocess.run(
        ["ps", "--ppid", str(campus.process.pid), "-o", "pid=,comm="],
        capture_output=True,
        text=True,
    ).stdout
    return next(int(line.split()[0]) for line in children.splitlines() if name in line)


def test_kill_minus_9_in_the_middle_of_writes_and_events_loses_nothing(new_campus):
    campus = new_campus("embedded", environment=UNLIMITED)
    with Writers(campus) as writers:
        for _ in range(3):
            wait_for(writers, 30)
            campus.kill()
            campus.start()
        wait_for(writers, 10)
    assert_nothing_lost_nothing_doubled(campus, writers)


def test_ctrl_c_stops_within_a_second_and_fails_no_accepted_call(new_campus):
    campus = new_campus("embedded", environment=UNLIMITED)
    with Writers(campus) as writers:
        wait_for(writers, 20)
        began = time.monotonic()
        campus.process.send_signal(signal.SIGINT)
        campus.process.wait(10)
        assert time.monotonic() - began < 1.5
        assert campus.process.returncode == 0
        campus.start()
        wait_for(writers, 10)
    assert_nothing_lost_nothing_doubled(campus, writers)


@pytest.mark.needs("rabbitmq", "postgresql")
def test_a_plugins_process_killed_under_load_comes_back_and_loses_nothing(new_campus):
    campus = new_campus("distributed", environment=UNLIMITED)
    with Writers(campus) as writers:
        for _ in range(2):
            wait_for(writers, 20)
            os.kill(process_of(campus, "library"), signal.SIGKILL)
            wait_for(writers, 20)
    assert_nothing_lost_nothing_doubled(campus, writers)


@pytest.mark.needs("rabbitmq", "postgresql")
def test_a_database_that_restarts_under_load_is_waited_for(new_campus, postgresql):
    campus = new_campus("distributed", environment=UNLIMITED)
    with Writers(campus) as writers:
        wait_for(writers, 20)
        postgresql.restart()
        wait_for(writers, 20)
    assert_nothing_lost_nothing_doubled(campus, writers)
    assert set(writers.refused) <= {503, 504}


@pytest.mark.needs("rabbitmq", "postgresql")
def test_a_broker_that_restarts_under_load_loses_no_event(new_campus, rabbitmq):
    campus = new_campus("distributed", environment=UNLIMITED)
    with Writers(campus) as writers:
        wait_for(writers, 20)
        rabbitmq.restart()
        campus.eventually(lambda: campus.answers(), 40)
        wait_for(writers, 20)
    assert_nothing_lost_nothing_doubled(campus, writers)


@pytest.mark.parametrize("body", ["embedded", "distributed"])
def test_a_repeated_write_with_its_idempotency_key_stores_once(new_campus, body):
    campus = new_campus(body, environment=UNLIMITED)
    client = campus.sign_in()
    resource = {"title": "Once", "type": "BOOK", "category": "idempotency"}
    answers = [
        client.post("/api/library/resources", json=resource, headers={"Idempotency-Key": "k-1"})
        for _ in range(3)
    ]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert titles_in(campus, "idempotency") == ["Once"]
