"""What pytest says of tests whose parts are not on the machine."""

import subprocess
import sys

TEST = """
import pytest
from azora.testing import parts

@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch):
    monkeypatch.setitem(parts.PARTS, "rabbitmq", lambda: None)

def test_calls_the_broker():
    parts.executable("rabbitmq")

@pytest.fixture(scope="module")
def broker():
    parts.leave_out("a broker", "does not start here")

def test_reads_from_it(broker):
    pass

def test_writes_to_it(broker):
    pass

def test_needs_nothing():
    assert True
"""


def pytest_run(tmp_path, **environment):
    (tmp_path / "test_it.py").write_text(TEST)
    command = [sys.executable, "-m", "pytest", "-p", "azora.testing.early", "-q", "test_it.py"]
    given = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), **environment}
    return subprocess.run(command, cwd=tmp_path, env=given, capture_output=True, text=True)


def test_missing_part_is_named_with_its_tests_and_the_run_succeeds(tmp_path):
    done = pytest_run(tmp_path)
    assert done.returncode == 0
    assert "not run: rabbitmq is not installed here" in done.stdout
    assert "test_it.py::test_calls_the_broker" in done.stdout


def test_every_test_of_a_fixture_that_leaves_out_is_named(tmp_path):
    said = pytest_run(tmp_path).stdout.partition("not run: a broker does not start here")[2]
    assert "test_it.py::test_reads_from_it" in said
    assert "test_it.py::test_writes_to_it" in said
    assert "test_needs_nothing" not in said


def test_missing_part_fails_in_ci(tmp_path):
    done = pytest_run(tmp_path, CI="true")
    assert done.returncode == 1
    assert "CI runs every test" in done.stdout
