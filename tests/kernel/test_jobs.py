"""Jobs run once for each due time, by whichever replica is first."""

import time
from datetime import UTC, datetime
from types import SimpleNamespace

import eventlet
import pytest
import structlog

from azora.contract import Job
from azora.cron import check_cron, latest_due, next_due
from azora.data.database import open_database
from azora.data.liveness import LEASE_NAME, SECONDS
from azora.data.migrations import migrate
from azora.errors import PluginError
from azora.jobs import WATCH, JobRunner

EVERY_MINUTE = "* * * * *"
NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC).timestamp()


class Replica:
    """A process as far as its jobs are concerned: it notes which operations it is told to call."""

    def __init__(self, database, calls, operation=lambda: None, cron=EVERY_MINUTE):
        self.calls, self.operation = calls, operation
        hosted = SimpleNamespace(
            name="shop",
            database=database,
            log=structlog.get_logger(),
            plugin=SimpleNamespace(jobs=(Job("tidy", cron),)),
            as_itself=lambda: SimpleNamespace(key=None),
        )
        self.hosted = {"shop": hosted}
        self.operations = {"shop.tidy": SimpleNamespace(operation=SimpleNamespace(timeout=10.0))}
        self.runner = JobRunner(self)

    def call(self, target, request, context):
        self.calls.append((target, context.key))
        self.operation()

    def tick(self, now):
        started = self.runner.start_due(now)
        eventlet.sleep(0.02)
        return started


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    url = (
        request.getfixturevalue("postgresql").new_database()
        if request.param == "postgresql"
        else None
    )
    settings = SimpleNamespace(data_dir=tmp_path, database_url_of=lambda plugin: url)
    opened = open_database("shop", settings)
    migrate(opened, None)
    yield opened
    opened.close()


def rows(database):
    return database.execute("SELECT due, state, error FROM azora_jobs ORDER BY due")


def test_a_job_never_seen_before_waits_for_its_next_time(database):
    calls = []
    replica = Replica(database, calls)
    assert replica.tick(NOON + 5) == []
    assert replica.tick(NOON + 59) == []
    assert replica.tick(NOON + 60) == ["shop.tidy"]
    assert calls == [("shop.tidy", f"job:shop.tidy:{NOON + 60:.0f}")]


def test_two_replicas_run_a_due_time_once(database):
    calls = []
    one, two = Replica(database, calls), Replica(database, calls)
    one.tick(NOON)
    for minute in range(1, 4):
        started = [
            eventlet.spawn(each.tick, NOON + 60 * minute + 1) for each in (one, two, one, two)
        ]
        assert sum(len(each.wait()) for each in started) == 1
    assert len(calls) == 3
    assert [state for _, state, _ in rows(database)] == ["baseline", "done", "done", "done"]


def test_times_that_were_missed_are_made_up_for_once(database):
    calls = []
    replica = Replica(database, calls)
    replica.tick(NOON)
    replica.tick(NOON + 3600)
    replica.tick(NOON + 3601)
    assert calls == [("shop.tidy", f"job:shop.tidy:{NOON + 3600:.0f}")]


def test_a_job_that_fails_says_why_and_runs_again_at_its_next_time(database):
    def fail():
        raise ValueError("no broom")

    replica = Replica(database, [], fail)
    replica.tick(NOON)
    replica.tick(NOON + 60)
    assert rows(database)[-1] == (NOON + 60, "failed", "ValueError: no broom")
    replica.operation = lambda: None
    replica.tick(NOON + 120)
    assert rows(database)[-1][1] == "done"


def test_a_run_whose_process_ended_is_tried_again_but_not_for_ever(database):
    calls = []
    replica = Replica(database, calls, lambda: eventlet.sleep(3600), cron="0 * * * *")
    replica.tick(NOON)
    now = NOON + 3600
    for _ in range(3):
        assert replica.tick(now) == ["shop.tidy"]
        assert replica.tick(now + 39) == []
        now += 41
    assert replica.tick(now) == []
    assert rows(database)[-1] == (NOON + 3600, "failed", "the process ended during each attempt")
    assert calls == [("shop.tidy", f"job:shop.tidy:{NOON + 3600:.0f}")] * 3


def test_due_times_are_in_utc_and_belong_to_their_minute():
    assert latest_due("0 12 * * *", NOON) == NOON
    assert latest_due("0 12 * * *", NOON - 0.5) == NOON - 86_400
    assert next_due("0 12 * * *", NOON) == NOON + 86_400
    assert next_due(EVERY_MINUTE, time.time()) > time.time()


@pytest.mark.parametrize("wrong", ["", "every day", "* * * *", "61 * * * *"])
def test_what_is_no_cron_expression_is_refused(wrong):
    with pytest.raises(PluginError, match="cron"):
        check_cron(wrong)


def begun_elsewhere(database, owner):
    """A run that another process has begun, and that by the clock has long to go."""
    replica = Replica(database, [])
    replica.tick(NOON)
    with database.transaction():
        database.execute(
            "INSERT INTO azora_jobs (job, due, state, owner, until, attempts) "
            "VALUES ('shop.tidy', ?, 'running', ?, ?, 1)",
            *(NOON + 60, owner, NOON + 1e9),
        )


def test_what_a_dead_process_was_running_is_run_soon_after_its_last_sign_of_life(
    database, monkeypatch
):
    begun_elsewhere(database, "dead")
    calls = []
    replica = Replica(database, calls)
    now = [time.monotonic()]
    monkeypatch.setattr("azora.data.liveness.time.monotonic", lambda: now[0])
    for _ in range(6):
        replica.tick(NOON + 61)
        now[0] += WATCH
    assert calls == [("shop.tidy", f"job:shop.tidy:{NOON + 60:.0f}")]
    assert rows(database)[-1][1] == "done"


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_what_a_living_process_runs_is_left_to_it(database, monkeypatch):
    begun_elsewhere(database, "alive")
    with database.transaction():
        database.execute(
            "INSERT INTO azora_leases (name, owner, until) VALUES (?, ?, ?)",
            *(f"{LEASE_NAME}alive", "alive", time.time() + 1000),
        )
    calls = []
    replica = Replica(database, calls)
    now = [time.monotonic()]
    monkeypatch.setattr("azora.data.liveness.time.monotonic", lambda: now[0])
    for _ in range(6):
        replica.tick(NOON + 61)
        now[0] += WATCH
    assert calls == []


def test_while_a_job_runs_its_process_shows_that_it_lives_more_often_than_its_lease_ends(database):
    replica = Replica(database, [], lambda: eventlet.sleep(3600), cron="0 0 1 1 *")
    replica.tick(NOON)
    assert replica.runner._pause(NOON) > WATCH
    replica.tick(NOON + 366 * 86_400)
    assert replica.runner._pause(NOON) <= WATCH < SECONDS / 2


def started_elsewhere(replica, now):
    return replica.runner.run_one("shop.tidy", now)


def test_job_started_from_elsewhere_runs_at_once_and_once_for_its_due_time(database):
    calls = []
    first, second = Replica(database, calls), Replica(database, calls)
    assert started_elsewhere(first, NOON) == "done"
    assert started_elsewhere(second, NOON + 20) == "left"
    assert started_elsewhere(second, NOON + 60) == "done"
    assert [target for target, _ in calls] == ["shop.tidy"] * 2


def test_clock_that_is_a_little_behind_whoever_says_that_a_job_is_due_leaves_no_time_out(database):
    calls = []
    replica = Replica(database, calls)
    assert started_elsewhere(replica, NOON - 3) == "done"
    assert started_elsewhere(replica, NOON + 57) == "done"
    assert len(calls) == 2


def test_job_that_a_process_has_run_is_left_by_whoever_starts_it_from_elsewhere(database):
    calls = []
    process = Replica(database, calls)
    process.tick(NOON)
    process.tick(NOON + 60)
    assert started_elsewhere(Replica(database, calls), NOON + 61) == "left"
    assert len(calls) == 1


def test_failure_of_a_job_started_from_elsewhere_is_told(database):
    def fail():
        raise ValueError("no paper")

    replica = Replica(database, [], operation=fail)
    assert started_elsewhere(replica, NOON) == "ValueError: no paper"
