"""`azora new` writes a plugin that works as it stands."""

import json
import subprocess
import sys


def test_its_test_passes_as_written(azora, tmp_path):
    assert azora("new", "weather").code == 0
    command = [sys.executable, "-m", "pytest", "-q"]
    done = subprocess.run(command, cwd=tmp_path / "azora_weather", capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


def test_a_name_of_several_words_becomes_a_class(azora, tmp_path):
    written = json.loads(azora("new", "study_notes", "--json").out)["files"]
    assert sorted(written) == [
        "README.md",
        "azora_study_notes.py",
        "pyproject.toml",
        "test_study_notes.py",
    ]
    source = (tmp_path / "azora_study_notes" / "azora_study_notes.py").read_text()
    assert "class StudyNotesService(Service):" in source


def test_a_folder_that_holds_something_is_left_alone(azora, tmp_path):
    (tmp_path / "azora_weather").mkdir()
    (tmp_path / "azora_weather" / "precious").write_text("mine")
    done = azora("new", "weather")
    assert done.code == 1 and "nothing was written" in done.err
    assert [path.name for path in (tmp_path / "azora_weather").iterdir()] == ["precious"]
