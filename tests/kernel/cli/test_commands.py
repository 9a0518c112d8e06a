"""What people type when no campus runs, and what they get for mistakes."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import yaml

COMMANDS = (
    "up",
    "run",
    "call",
    "plugins",
    "migrate",
    "describe",
    "doctor",
    "openapi",
    "asyncapi",
    "contracts",
    "new",
    "events",
)


def test_help_names_every_command(azora):
    out = azora("--help").out
    assert [name for name in COMMANDS if name not in out] == []


def test_plugins_prints_the_map_with_needs_and_who_offers_them(azora):
    plugins = {
        plugin["name"]: plugin for plugin in json.loads(azora("plugins", "--json").out)["plugins"]
    }
    assert plugins["web"]["needs"]["identity"]["offered"] is True
    assert "web" in plugins["identity"]["needed_by"]
    assert "library.resource_added" in plugins["library"]["events"]


def test_plugins_shows_people_the_same_map(azora):
    out = azora("plugins").out
    assert "library.search" in out and "GET /api/library/search" in out


def test_describe_prints_a_manifest_that_is_yaml(azora):
    manifest = yaml.safe_load(azora("describe", "library").out)
    assert manifest["spec"]["migration"]["command"] == ["azora", "migrate", "library"]


def test_describe_all_writes_a_file_for_each_plugin(azora, tmp_path):
    azora("describe", "--all", str(tmp_path / "manifests"))
    written = {path.name for path in (tmp_path / "manifests").iterdir()}
    assert {"identity.yaml", "library.yaml", "web.yaml"} <= written


def test_contracts_prints_the_schemas_that_releases_are_compared_by(azora):
    library = json.loads(azora("contracts").out)["library"]
    assert library["operations"]["search"]["route"] == "GET /search"
    assert library["events"]["library.resource_added"]["data"]["type"] == "object"


def test_asyncapi_prints_the_document_of_all_plugins(azora):
    document = json.loads(azora("asyncapi").out)
    assert document["asyncapi"] == "3.0.0"
    assert "library.resource_added" in document["components"]["messages"]


def test_openapi_prints_the_document_of_all_plugins(azora):
    document = json.loads(azora("openapi").out)
    assert document["openapi"].startswith("3.1")
    assert "/api/library/search" in document["paths"] and "/api/identity/me" in document["paths"]


def test_call_without_a_campus_hosts_the_plugins_for_a_moment(azora):
    added = azora("call", "library.add_resource", "title=Ubuntu", "type=BOOK", "--json")
    assert added.code == 0, added.err
    found = json.loads(azora("call", "library.list_resources", "--json").out)["items"]
    assert [item["title"] for item in found] == ["Ubuntu"]


def test_call_takes_a_whole_request_as_json(azora):
    request = json.dumps({"title": "Ubuntu", "type": "BOOK", "tags": ["philosophy"]})
    assert azora("call", "library.add_resource", "--data-json", request).code == 0


def test_migrate_is_done_once(azora):
    first = json.loads(azora("migrate", "--json").out)
    again = json.loads(azora("migrate", "--json").out)
    assert first["library"] and not any(again.values())


def test_migrate_needs_no_broker(azora, tmp_path):
    (tmp_path / "azora.toml").write_text('broker_url = "amqp://nobody@127.0.0.1:1/"')
    assert azora("migrate", "web", "--json").code == 0


def test_migrate_can_be_asked_for_one_plugin(azora):
    assert list(json.loads(azora("migrate", "identity", "--json").out)) == ["identity"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("call", "nobody.nothing"), "nobody"),
        (("call", "library.search", "query"), "KEY=VALUE"),
        (("call", "library.search", "--data-json", "{"), "not JSON"),
        (("call", "library.search", "limit:=nine"), "JSON"),
        (("call", "library.search", "limit=9999"), "limit"),
        (("describe", "nobody"), "not installed"),
        (("up", "--processes"), "--broker"),
        (("up", "--broker", "http://nowhere", "--processes"), ""),
        (("new", "Not-A-Name"), "no plugin name"),
        (("new", "class"), "no plugin name"),
        (("new", "library"), "installed already"),
        (("events", "redrive", "library"), "--all"),
        (("nonsense",), "nonsense"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_mistake_is_told_in_a_line_without_a_traceback(azora, arguments, words):
    done = azora(*arguments)
    assert done.code in (1, 2)
    assert words in done.err
    assert "Traceback" not in done.err + done.out


def test_setting_that_nobody_knows_is_told_in_a_line(azora, tmp_path):
    (tmp_path / "azora.toml").write_text("prot = 8000\n")
    done = azora("migrate")
    assert done.code == 1 and "prot" in done.err and "Traceback" not in done.err


def test_commands_that_come_at_once_wait_for_one_another(azora):
    with ThreadPoolExecutor() as pool:
        titles = [f"title=Number {number}" for number in range(3)]
        done = pool.map(
            lambda title: azora("call", "library.add_resource", title, "type=BOOK"), titles
        )
        assert [each.code for each in done] == [0, 0, 0]
    assert len(json.loads(azora("call", "library.list_resources", "--json").out)["items"]) == 3


def test_plugins_bring_commands_of_their_own(azora):
    done = azora("library", "--help")
    assert done.code == 0 and "import" in done.out


def test_nothing_parked_is_said(azora):
    assert azora("events", "parked").out.strip() == "Nothing is parked."
    assert json.loads(azora("events", "parked", "--json").out) == []
