"""A plugin of somebody else's: one file, installed with pip, on every surface after a restart."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from azora.testing.servers import wait_until

HELLO = Path(__file__).parent / "azora_hello"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder into which pip has installed the plugin and nothing else."""
    target = tmp_path_factory.mktemp("site")
    build = tmp_path_factory.mktemp("source") / "azora_hello"
    subprocess.run(["cp", "-r", HELLO, build], check=True)
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", target, build]
    subprocess.run(command, check=True)
    return target


@pytest.fixture(scope="module")
def campus(site, new_module_campus):
    return new_module_campus(environment={"PYTHONPATH": str(site)})


@pytest.fixture
def azora(campus):
    """Runs a command with the plugin installed; its standard output."""

    def run(*arguments):
        done = campus.azora(*arguments)
        assert done.code == 0, done.err
        return done.out

    return run


def test_plugin_is_one_short_file_that_imports_only_azora_and_pydantic():
    source = (HELLO / "azora_hello.py").read_text()
    imports = {
        line.split()[1] for line in source.splitlines() if line.startswith(("from ", "import "))
    }
    assert imports == {"azora", "pydantic"}
    assert len([line for line in source.splitlines() if line.strip()]) <= 40


def test_operation_answers_a_command(azora):
    answer = json.loads(azora("call", "hello.greet", "name=Thandi", "--json"))
    assert answer == {"text": "Hello, Thandi."}


def test_operation_answers_over_http_to_who_has_the_permission(campus):
    client = campus.as_account("hello.greet")
    answer = client.post("/api/hello/greetings", json={"name": "Sipho"})
    assert (answer.status_code, answer.json()) == (201, {"text": "Hello, Sipho."})


def test_operation_refuses_who_lacks_the_permission(campus):
    client = campus.as_account("library.manage")
    answer = client.post("/api/hello/greetings", json={"name": "Sipho"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_operation_refuses_what_its_model_does_not_allow(campus):
    answer = campus.sign_in().post("/api/hello/greetings", json={"name": ""})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "name"


def test_openapi_describes_the_route(campus):
    document = campus.http.get("/api/openapi.json").json()
    route = document["paths"]["/api/hello/greetings"]["post"]
    assert route["summary"] == "Greet somebody, and tell the campus."
    assert "hello.Greeting" in document["components"]["schemas"]


def test_permission_can_be_granted(campus):
    known = campus.call("identity.list_permissions")["items"]
    (greet,) = [one for one in known if one["name"] == "hello.greet"]
    assert (greet["summary"], greet["plugin"]) == ("Greet people", "hello")


def test_map_shows_the_operation_and_the_event(azora):
    plugins = json.loads(azora("plugins", "--json"))["plugins"]
    hello = next(plugin for plugin in plugins if plugin["name"] == "hello")
    assert hello["events"] == ["hello.greeted"]
    assert hello["operations"][0]["route"] == "POST /api/hello/greetings"
    assert hello["version"] == "1.0"


def test_page_greets_without_javascript(campus):
    client = campus.sign_in()
    page = client.get("/hello", headers={"Accept": "text/html"})
    assert page.status_code == 200
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    sent = client.post("/hello", data={"csrf_token": token, "_form": "greet", "name": "Zanele"})
    assert "Hello, Zanele." in sent.text


def test_metrics_count_the_operation(campus):
    campus.call("hello.greet", name="Metrics")
    wait_until(lambda: "hello.greet" in campus.http.get("/metrics").text)


def test_manifest_is_generated(azora):
    manifest = yaml.safe_load(azora("describe", "hello"))
    assert manifest["kind"] == "AzoraPlugin"
    assert manifest["metadata"]["name"] == "hello"
    assert manifest["spec"]["command"] == ["azora", "run", "hello"]


def test_plugin_that_raises_at_import_is_refused_by_name_and_the_rest_starts(
    site, tmp_path, new_campus
):
    broken = tmp_path / "broken"
    (broken / "azora_broken-1.dist-info").mkdir(parents=True)
    (broken / "azora_broken-1.dist-info" / "METADATA").write_text(
        "Name: azora-broken\nVersion: 1\n"
    )
    (broken / "azora_broken-1.dist-info" / "entry_points.txt").write_text(
        "[azora.plugins]\nbroken = azora_broken\n"
    )
    (broken / "azora_broken.py").write_text("raise RuntimeError('no good')\n")
    campus = new_campus(environment={"PYTHONPATH": f"{broken}{os.pathsep}{site}"})
    refused = json.loads(campus.azora("plugins", "--json").out)["refused"]
    assert refused == {"broken": "RuntimeError: no good"}
    assert campus.call("hello.greet", name="Rest")["text"] == "Hello, Rest."
