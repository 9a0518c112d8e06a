"""A log file stays within its bounds, however many write to it and whoever moves it away."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from tests.pace import quickest

from azora.observe.logfile import DAY, LogFile
from azora.settings import SettingsError, load_campus_settings

LINE = b'{"n":"%08d"}\n'


@pytest.fixture
def path(tmp_path):
    return tmp_path / "azora.log"


def lines(folder):
    """Every line of the log, the oldest first."""
    found = sorted(
        folder.glob("azora.log*"),
        key=lambda path: int(path.suffix[1:]) if path.suffix != ".log" else 0,
        reverse=True,
    )
    return [line for path in found for line in path.read_bytes().splitlines(keepends=True)]


def test_a_file_that_is_large_is_put_aside_and_only_so_many_are_kept(path):
    log = LogFile(path, size=100, age=DAY, kept=3)
    for number in range(100):
        log.write(LINE % number)
    names = sorted(one.name for one in path.parent.iterdir())
    assert names == ["azora.log", "azora.log.1", "azora.log.2", "azora.log.3"]
    assert all(one.stat().st_size <= 100 for one in path.parent.iterdir())
    kept = lines(path.parent)
    assert kept == [LINE % number for number in range(100 - len(kept), 100)]
    log.close()


def test_a_file_that_is_old_is_put_aside_whatever_its_size(path):
    begun = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    path.write_bytes(b'{"timestamp":"%s"}\n' % begun.encode())
    log = LogFile(path, size=10_000, age=DAY, kept=1)
    log.write(LINE % 1)
    assert path.read_bytes() == LINE % 1
    assert path.with_name("azora.log.1").read_bytes().startswith(b'{"timestamp"')
    log.close()


def test_none_kept_means_none(path):
    log = LogFile(path, size=30, age=DAY, kept=0)
    for number in range(10):
        log.write(LINE % number)
    assert [one.name for one in path.parent.iterdir()] == ["azora.log"]
    log.close()


def test_a_file_that_is_moved_away_is_made_anew(path):
    log = LogFile(path, size=10_000, age=DAY, kept=3)
    log.write(LINE % 1)
    path.rename(path.with_name("azora.log.rotated"))
    log.write(LINE % 2)
    assert path.read_bytes() == LINE % 2
    log.close()


def test_a_file_that_is_truncated_has_no_hole(path):
    log = LogFile(path, size=10_000, age=DAY, kept=3)
    log.write(LINE % 1)
    os.truncate(path, 0)
    log.write(LINE % 2)
    assert path.read_bytes() == LINE % 2
    log.close()


WRITER = """
import sys
from pathlib import Path
from azora.observe.logfile import LogFile
log = LogFile(Path(sys.argv[1]), size=2000, age=86400.0, kept=500)
for number in range(1000):
    log.write(b"%s %04d\\n" % (sys.argv[2].encode(), number))
"""


def test_several_processes_lose_no_line_and_mix_none(path):
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), name])
        for name in ("a", "b", "c")
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    found = [
        line for one in path.parent.glob("azora.log*") for line in one.read_bytes().splitlines()
    ]
    assert sorted(found) == sorted(b"%c %04d" % (name, n) for name in b"abc" for n in range(1000))


def test_a_campus_logs_into_its_file_through_logrotates_ways(new_campus, tmp_path):
    path = tmp_path / "log" / "azora.log"
    campus = new_campus(environment={"AZORA_LOG_FILE": str(path), "AZORA_LOG_LEVEL": "debug"})
    assert path.stat().st_mode & 0o077 == 0
    path.rename(path.with_name("azora.log.rotated"))
    os.kill(campus.process.pid, signal.SIGHUP)
    campus.azora("call", "library.search", "query=x", "--data", str(campus.data_dir))
    campus.http.post("/api/csp-reports", json={"csp-report": {"blocked-uri": "x"}})
    campus.eventually(lambda: path.exists() and path.stat().st_size)
    assert campus.http.get("/readyz").status_code == 200
    assert "severity_text" not in campus.log.read_text()


def test_a_log_file_that_cannot_be_written_is_refused_with_its_name(tmp_path):
    (tmp_path / "taken").write_text("")
    from azora.observe.logfile import open_log_file

    settings = load_campus_settings(data_dir=tmp_path, log_file=tmp_path / "taken" / "azora.log")
    with pytest.raises(SettingsError, match="AZORA_LOG_FILE"):
        open_log_file(settings)


def test_a_line_costs_little(path):
    log = LogFile(path, size=10_000_000, age=DAY, kept=1)
    few = 2000 * 100e-6
    assert (
        quickest(lambda: [log.write(LINE % n) for n in range(2000)], few, time.thread_time) <= few
    )
    log.close()
