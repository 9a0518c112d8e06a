"""Jobs: an operation at the times of a cron expression, once for each due time in the whole campus.

A row in `azora_jobs` for each job and due time is the lease: whoever inserts it runs the job. Times
missed while nobody ran are made up for once; a run whose process ended is tried again, soon after
the process's last sign of life.
"""

import time
from typing import TYPE_CHECKING

import eventlet
from eventlet import GreenPool

from azora.contract import Job
from azora.cron import latest_due, next_due
from azora.data.database import PluginDatabase
from azora.data.leases import this_process
from azora.data.liveness import SECONDS, Liveness
from azora.errors import NotFound, ServiceError
from azora.once import AlreadyDone

if TYPE_CHECKING:
    from azora.runtime import HostedPlugin, Runtime

ATTEMPTS = 3
SLEEP = 30.0
"""Seconds after which the clock is looked at again, since it may be set."""
WATCH = SECONDS / 3
"""The same while a job runs: its process shows that it lives, and others watch whether it does."""
SPARE = 30.0
"""Seconds beyond the operation's own time after which a run counts as abandoned, whoever lives."""
KEEP = 30 * 86_400.0
SKEW = 5.0
"""Seconds by which the clock of whoever says that a job is due may be ahead of ours."""
DONE, LEFT = "done", "left"
WIDTH = 100
"""Jobs that one process runs at once."""

_TAKE = """INSERT INTO azora_jobs (job, due, state, owner, until, attempts) VALUES (?, ?, 'running', ?, ?, 1)
    ON CONFLICT (job, due) DO UPDATE
    SET owner = excluded.owner, until = excluded.until, attempts = azora_jobs.attempts + 1
    WHERE azora_jobs.state = 'running' AND (azora_jobs.until < ? OR azora_jobs.owner = ?)
    RETURNING attempts"""
_NEWEST = "SELECT due, state, until, owner FROM azora_jobs WHERE job = ? ORDER BY due DESC LIMIT 1"
_BASELINE = """INSERT INTO azora_jobs (job, due, state, owner, until, attempts)
    VALUES (?, ?, 'baseline', ?, 0, 0) ON CONFLICT (job, due) DO NOTHING"""


class JobRunner:
    """Runs the jobs of this process's plugins. Any number of replicas may do so."""

    def __init__(self, runtime: "Runtime") -> None:
        self.runtime = runtime
        self._liveness: dict[str, Liveness] = {}
        self._running = False
        self._pool = GreenPool(WIDTH)

    @property
    def at_work(self) -> bool:
        """Whether a job runs in this process, or its end is being recorded."""
        return bool(self._pool.running())

    def run(self) -> None:
        """Start what is due, for ever; nothing, where jobs are started from elsewhere."""
        while self.runtime.settings.jobs == "process":
            now = time.time()
            try:
                self.start_due(now)
            except ServiceError as error:
                for hosted in self._with_jobs():
                    hosted.log.warning("jobs wait for the database", error=str(error))
            eventlet.sleep(self._pause(now))

    def start_due(self, now: float) -> list[str]:
        """Start every job that is due and that nobody else runs; their full operation names."""
        started = []
        self._running = False
        for hosted in self._with_jobs():
            self._liveness_of(hosted).show()
            for job in hosted.plugin.jobs:
                name = job.full_name(hosted.name)
                due = self._take(hosted, name, latest_due(job.cron, now), now)
                if due is not None:
                    self._pool.spawn_n(self._run, hosted, name, due)
                    started.append(name)
        return started

    def run_one(self, name: str, now: float) -> str:
        """Run one job for its due time, if nobody has; what became of it: `done`, `left` or the error.

        Whoever asks says that it is due, so a job that nobody knows yet does not wait for its next time.
        """
        hosted, job = self._job(name)
        due = latest_due(job.cron, now + SKEW)
        if not hosted.database.execute(_NEWEST, name):
            self._begin(hosted, name, latest_due(job.cron, due - 1))
        self._liveness_of(hosted).show()
        taken = self._take(hosted, name, due, now)
        if taken is None:
            return LEFT
        alive = eventlet.spawn(self._show, hosted)
        try:
            return self._run(hosted, name, taken) or DONE
        finally:
            alive.kill()

    def _job(self, name: str) -> tuple["HostedPlugin", Job]:
        for hosted in self._with_jobs():
            for job in hosted.plugin.jobs:
                if job.full_name(hosted.name) == name:
                    return hosted, job
        raise NotFound(f"There is no job {name}. Nothing was run.", code="job_not_found")

    def _show(self, hosted: "HostedPlugin") -> None:
        while True:
            eventlet.sleep(WATCH)
            self._liveness_of(hosted).show()

    def _liveness_of(self, hosted: "HostedPlugin") -> Liveness:
        if hosted.name not in self._liveness:
            self._liveness[hosted.name] = Liveness(hosted.database)
        return self._liveness[hosted.name]

    def _with_jobs(self) -> list["HostedPlugin"]:
        return [hosted for hosted in self.runtime.hosted.values() if hosted.plugin.jobs]

    def _pause(self, now: float) -> float:
        times = [
            next_due(job.cron, now) for hosted in self._with_jobs() for job in hosted.plugin.jobs
        ]
        longest = WATCH if self._running else SLEEP
        return max(0.05, min([longest, *(due - time.time() for due in times)]))

    def _take(self, hosted: "HostedPlugin", name: str, due: float, now: float) -> float | None:
        """The due time that this process is to run now, if any. A new job waits for its next time."""
        database = hosted.database
        newest = database.execute(_NEWEST, name)
        if not newest:
            self._begin(hosted, name, due)
            return None
        known, state, until, owner = newest[0]
        ended, liveness = "", self._liveness_of(hosted)
        self._running = self._running or state == "running"
        if known >= due:
            ended = owner if state == "running" and liveness.ended(owner) else ""
            if not ended and (state != "running" or until >= now):
                return None
            due = known
        until = now + self.runtime.operations[name].operation.timeout + SPARE
        with database.transaction():
            taken = database.execute(_TAKE, name, due, this_process(), until, now, ended)
        self._running = self._running or bool(taken)
        if taken and taken[0][0] > ATTEMPTS:
            _finish(database, name, due, "the process ended during each attempt")
            return None
        return due if taken else None

    def _begin(self, hosted: "HostedPlugin", name: str, due: float) -> None:
        """Count a job's times from this one on."""
        with hosted.database.transaction():
            hosted.database.execute(_BASELINE, name, due, this_process())

    def _run(self, hosted: "HostedPlugin", name: str, due: float) -> str | None:
        """Run a job that was taken; the error that it ended with."""
        context = hosted.as_itself()
        context.key = f"job:{name}:{due:.0f}"
        error = None
        try:
            self.runtime.call(name, {}, context=context)
        except AlreadyDone:
            hosted.log.info("a job was done before its process ended", job=name, due=due)
        except Exception as failure:  # noqa: BLE001 - an operation may raise anything
            error = f"{type(failure).__name__}: {failure}"[:2000]
            hosted.log.error("a job failed", job=name, due=due, error=error)
        try:
            _finish(hosted.database, name, due, error)
        except ServiceError as failure:
            hosted.log.error(
                "a job's end was not recorded; it will run again", job=name, error=str(failure)
            )
        return error


def _finish(database: PluginDatabase, name: str, due: float, error: str | None) -> None:
    with database.transaction():
        database.execute(
            "UPDATE azora_jobs SET state = ?, error = ?, until = 0 WHERE job = ? AND due = ? AND owner = ?",
            *("failed" if error else "done", error, name, due, this_process()),
        )
        database.execute("DELETE FROM azora_jobs WHERE job = ? AND due < ?", name, due - KEEP)
