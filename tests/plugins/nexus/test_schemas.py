"""The registry of types of events, and the AsyncAPI document, held against each other and against the log."""

import json
import tarfile

import jsonschema
import pytest
from tests.plugins.nexus.conftest import add_told

from azora.events.asyncapi import describe_events
from azora.islands.node import npm
from azora.loader import load_registry
from azora.testing.parts import leave_out


@pytest.fixture(scope="module")
def document():
    return describe_events(load_registry(), "Azora OS", "0.1")


def resolve(document, ref):
    found = document
    for piece in ref.removeprefix("#/").split("/"):
        found = found[piece]
    return found


def refs(value):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from [inner] if name == "$ref" else refs(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from refs(inner)


def test_every_event_and_every_handler_is_in_the_document(document):
    registry = load_registry()
    told = {name for loaded in registry.plugins.values() for name in loaded.events}
    assert set(document["components"]["messages"]) == told
    handlers = {
        f"{name}.{handler}"
        for name, loaded in registry.plugins.items()
        for handler, (_, _, facts) in loaded.handlers.items()
        if facts.event in told
    }
    actions = {name: one["action"] for name, one in document["operations"].items()}
    assert {name for name, action in actions.items() if action == "receive"} == handlers


def test_every_reference_of_the_document_leads_somewhere(document):
    found = list(refs(document))
    assert found and all(resolve(document, ref) for ref in found)


def test_the_served_document_describes_the_events_that_are_in_the_log(campus):
    _, event = add_told(campus)
    served = campus.client().get("/api/nexus/asyncapi")
    assert served.headers["Content-Type"].startswith("application/json")
    document = json.loads(served.text)
    assert document["asyncapi"] == "3.0.0"
    message = document["components"]["messages"]["library.resource_added"]
    schema = resolve(document, message["payload"]["$ref"]) | {"components": document["components"]}
    data = campus.call("nexus.read_event", id=event["id"])["data"]
    jsonschema.validate(data, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**data, "id": 7}, schema)


def test_a_type_is_listed_with_its_readers_and_every_schema(campus):
    listed = {one["type"]: one for one in campus.call("nexus.list_types")["items"]}
    assert "library.count_added" in listed["library.resource_added"]["readers"]
    whole = campus.call("nexus.read_type", type="library.resource_added")
    assert whole["schemas"][-1]["json_schema"] == whole["json_schema"]
    done = campus.azora("events", "types", "--json")
    assert {one["type"] for one in json.loads(done.out)} == set(listed), done.err
    page = campus.as_account("nexus.read").get("/nexus/types/library.resource_added")
    assert page.status_code == 200 and "json" not in page.headers["Content-Type"]


def test_the_document_is_valid_after_the_official_schema(document, tmp_path):
    tool = npm() or leave_out("npm")
    packed = tool.run("npm", "pack", "--silent", "@asyncapi/specs@6.11.1", folder=tmp_path)
    if packed.returncode:
        leave_out("npm", "reaches no registry")
    with tarfile.open(tmp_path / packed.stdout.strip()) as archive:
        member = archive.extractfile("package/schemas/3.0.0-without-$id.json")
        official = jsonschema.Draft7Validator(json.load(member))
    assert [error.message for error in official.iter_errors(document)] == []
    assert list(official.iter_errors({**document, "asyncapi": "2.0.0"}))
