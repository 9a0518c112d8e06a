"""A plugin that cannot run in a process of its own: the process says so, the others go on."""

import pytest

STUBBORN = '''
"""Refuses to start."""
from azora import Plugin, hookimpl

@hookimpl
def startup(plugin):
    raise RuntimeError("the key is lost")

@hookimpl
def describe() -> Plugin:
    return Plugin(name="stubborn", summary="Never starts")
'''


@pytest.fixture
def site(tmp_path):
    facts = tmp_path / "azora_stubborn-1.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: azora-stubborn\nVersion: 1\n")
    (facts / "entry_points.txt").write_text("[azora.plugins]\nstubborn = azora_stubborn\n")
    (tmp_path / "azora_stubborn.py").write_text(STUBBORN)
    return tmp_path


def test_a_pod_stays_unready_and_says_why(site, new_campus, postgresql):
    database = {"AZORA_DATABASE_URL": postgresql.new_database(), "PYTHONPATH": str(site)}
    pod = new_campus(command=("run", "stubborn"), probe="/healthz", environment=database)
    assert pod.azora("migrate", "stubborn").code == 0
    pod.eventually(lambda: "the key is lost" in pod.http.get("/readyz").text)
    assert pod.http.get("/readyz").status_code == 503


def test_a_campus_of_processes_starts_without_it_and_says_whom_it_awaits(site, new_campus):
    environment = {"PYTHONPATH": str(site)}
    campus = new_campus("distributed", environment=environment, probe="/api/library/resources")
    campus.eventually(
        lambda: campus.http.get("/readyz").json().get("awaits", {}).keys() == {"stubborn"}
    )
    assert "the key is lost" in campus.log.read_text()


def test_a_campus_in_one_process_starts_without_it(site, new_campus):
    campus = new_campus(environment={"PYTHONPATH": str(site)})
    assert campus.http.get("/readyz").ok
    assert "the key is lost" in campus.log.read_text()
