"""A plugin of somebody else's adds a kind of resource to the library's vocabulary by a hook."""

import subprocess
import sys
from pathlib import Path

import pytest

DATASETS = Path(__file__).parent / "azora_datasets"
SEED = ["ARTICLE", "BOOK", "DOCUMENT", "PRESENTATION", "VIDEO"]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder into which pip has installed the plugin and nothing else."""
    target = tmp_path_factory.mktemp("site")
    build = tmp_path_factory.mktemp("source") / "azora_datasets"
    subprocess.run(["cp", "-r", DATASETS, build], check=True)
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", target, build]
    subprocess.run(command, check=True)
    return target


def types(campus):
    return sorted(one["name"] for one in campus.call("library.list_types")["items"])


def test_the_vocabulary_of_a_campus_with_the_plugin_has_its_value(site, new_campus):
    campus = new_campus(environment={"PYTHONPATH": str(site)})
    assert types(campus) == sorted([*SEED, "DATASET"])
    added = campus.call("library.add_resource", title="Rainfall 1880–2020", type="DATASET")
    assert added["type"] == "DATASET"
    found = campus.http.get("/api/library/search", params={"type": "DATASET"}).json()
    assert [one["title"] for one in found["items"]] == ["Rainfall 1880–2020"]


def test_the_vocabulary_of_another_campus_has_the_five_and_refuses_the_rest(embedded_campus):
    campus = embedded_campus
    assert set(SEED) <= set(types(campus)) and "DATASET" not in types(campus)
    librarian = campus.as_account("library.manage")
    for wrong in ("DATASET", "book", "", "ANYTHING"):
        answer = librarian.post("/api/library/resources", json={"title": "x", "type": wrong})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "type"), wrong
    for right in SEED:
        answer = librarian.post("/api/library/resources", json={"title": "x", "type": right})
        assert answer.status_code == 201
