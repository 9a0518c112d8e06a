"""Backups by the clock, and the commands that a keeper types."""

import json

import pytest

from azora.backup.folder import last_backup, remember_backup
from azora.testing.campus import CampusProcess, run_azora


@pytest.fixture
def clocked(tmp_path):
    """A campus, not started yet, whose next backup is due at New Year."""
    environment = {
        "AZORA_BACKUP_TO": str(tmp_path / "backups"),
        "AZORA_BACKUP_KEY_FILE": str(tmp_path / "my.key"),
        "AZORA_BACKUP_CRON": "0 0 1 1 *",
    }
    campus = CampusProcess(environment=environment)
    campus.data_dir.mkdir(mode=0o700)
    yield campus
    campus.close()


def test_a_time_that_was_slept_through_is_made_up_for_when_the_campus_starts(clocked):
    remember_backup(clocked.data_dir, "long ago", 1.0, "")
    clocked.start()
    clocked.eventually(lambda: last_backup(clocked.data_dir) > 1.0, 20)
    (made,) = json.loads(clocked.azora("backup", "list", "--json").out)
    assert made["whole"] and made["rows"] > 0
    clocked.eventually(lambda: "backup_made" in clocked.log.read_text())
    verified = clocked.azora("backup", "verify")
    assert verified.code == 0 and made["id"] in verified.out
    assert "backup" in clocked.azora("doctor").out


@pytest.fixture(scope="module")
def young(tmp_path_factory):
    """The environment of a campus that holds nothing yet."""
    folder = tmp_path_factory.mktemp("young")
    environment = {"PATH": "/usr/bin", "AZORA_DATA_DIR": str(folder / "data")}
    run_azora("migrate", cwd=folder, environment=environment)
    return environment


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("backup",), "Where do backups go?"),
        (("backup", "--to", "there"), "Nothing says how backups are opened"),
        (("backup", "verify", "--from", "there"), "no complete backup"),
        (("restore", "--from", "there"), "no complete backup"),
        (
            ("backup", "--to", "there", "--plugin", "nobody", "--key-file", "k"),
            "nobody has no data",
        ),
    ],
)
def test_a_mistake_is_told_in_a_line(young, tmp_path, arguments, words):
    done = run_azora(*arguments, cwd=tmp_path, environment=young)
    assert done.code == 1
    assert words in done.err and "Traceback" not in done.err
    assert not (tmp_path / "there").exists()
