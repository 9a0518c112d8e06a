"""The parts of a machine that some tests need, and what is said when one of them is not there."""

import glob
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from typing import NoReturn

import pytest

PARTS: dict[str, Callable[[], str | None]] = {
    "rabbitmq": lambda: (
        _given("TEST_RABBITMQ", "rabbitmq-server")
        or _newest("/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server")
    ),
    "postgresql": lambda: _newest("/usr/lib/postgresql/*/bin/postgres") or shutil.which("postgres"),
    "redis": lambda: shutil.which("redis-server"),
    "node": lambda: shutil.which("node"),
    "systemd": lambda: shutil.which("systemd-analyze"),
    "promtool": lambda: shutil.which("promtool"),
    "chromium": lambda: shutil.which("chromium") or shutil.which("chromium-browser"),
    "veth": lambda: shutil.which("ip") if _may_cut() else None,
    "tmpfs": lambda: shutil.which("mount") if _may_mount() else None,
}
"""Name → its executable on this machine, or None."""

_not_run: dict[str, set[str]] = {}


def executable(part: str) -> str:
    """The path of a part's executable; the running test is left out, or fails in CI, without it."""
    found = PARTS[part]()
    if found is None:
        leave_out(part)
    return found


def leave_out(part: str, why: str = "is not installed here") -> NoReturn:
    """Leave the running test out and name it in the summary; in CI it fails."""
    reason = f"{part} {why}"
    _not_run.setdefault(reason, set())
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, and CI runs every test", pytrace=False)
    pytest.skip(reason)


def _may_mount() -> bool:
    """Whether we may mount a small disk of our own: root may, except in most containers."""
    if os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as folder:
        mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]
        if subprocess.run(mount, capture_output=True).returncode:
            return False
        subprocess.run(["umount", folder], check=True)
    return True


def _may_cut() -> bool:
    """Whether we may have a network of our own, whose cable can be pulled: root may, where there is veth."""
    if os.geteuid() != 0 or not shutil.which("ip"):
        return False
    pair = ["unshare", "--net", "ip", "link", "add", "type", "veth"]
    return subprocess.run(pair, capture_output=True).returncode == 0


def _given(variable: str, program: str) -> str | None:
    """A program in the folder that an environment variable names: another build than the machine's."""
    folder = os.environ.get(variable)
    return folder and shutil.which(program, path=folder)


def _newest(pattern: str) -> str | None:
    return max(glob.glob(pattern), default=None)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs(*parts): parts of the machine that the test needs")
    config.addinivalue_line("markers", "untraced: measures what a coverage tracer would change")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("needs"):
        for part in marker.args:
            executable(part)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note each test that was left out, also those for whom a fixture of many did it."""
    if report.skipped and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if reason in _not_run:
            _not_run[reason].add(report.nodeid)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name every test that a missing part kept from running."""
    for reason, tests in sorted(_not_run.items()):
        terminalreporter.section(f"not run: {reason}", sep="-", yellow=True)
        for test in sorted(tests):
            terminalreporter.line(test)
