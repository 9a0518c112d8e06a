"""Commands are run as people run them: in a process of their own."""

import os

import pytest

from azora.testing.campus import run_azora


@pytest.fixture
def azora(tmp_path):
    """Runs `azora …` in an empty folder of the test's own."""

    def run(*arguments, **given):
        environment = {
            key: text for key, text in os.environ.items() if not key.startswith("AZORA_")
        }
        environment["AZORA_DATA_DIR"] = str(tmp_path / "data")
        return run_azora(*arguments, cwd=tmp_path, environment=environment, **given)

    return run
