"""The API's own description: valid, complete, and true."""

import re

import jsonschema_rs
import pytest


@pytest.fixture
def document(http):
    return http.get("/api/openapi.json").json


def test_every_http_operation_is_described_and_no_other(http, document):
    described = {
        verb["operationId"] for path in document["paths"].values() for verb in path.values()
    }
    served = {name for name, bound in http.runtime.operations.items() if bound.operation.http}
    assert described == served | {"campus.batch", "campus.report_violation"}
    assert document["openapi"] == "3.1.0"


def test_schemas_are_named_by_plugin_and_all_references_lead_somewhere(document):
    names = set(document["components"]["schemas"])
    assert {"notes.Note", "notes.WriteNote", "Problem"} <= names
    assert all(re.fullmatch(r"Problem|[a-z_]+\.[A-Za-z0-9_]+", name) for name in names)
    references = set(re.findall(r"#/components/schemas/([\w.]+)", str(document)))
    assert references <= names


def test_every_schema_is_a_valid_json_schema(document):
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
        )


def test_schemathesis_takes_the_document(document):
    import schemathesis

    loaded = schemathesis.openapi.from_dict(document)
    assert len(list(loaded.get_all_operations())) == sum(map(len, document["paths"].values()))


def test_a_request_is_described_as_it_is_taken(document):
    write = document["components"]["schemas"]["notes.WriteNote"]
    assert write["additionalProperties"] is False
    assert write["required"] == ["title"]
    assert "pattern" in write["properties"]["title"]
    change = document["paths"]["/api/notes/notes/{id}"]["put"]
    assert [
        parameter["name"] for parameter in change["parameters"] if parameter["in"] == "path"
    ] == ["id"]
    assert "id" not in document["components"]["schemas"]["notes.ChangeNote"]["properties"]


def test_permissions_problems_and_examples_are_told(document):
    write = document["paths"]["/api/notes/notes"]["post"]
    assert write["x-azora-permission"] == "notes.write"
    assert write["security"] == [{"token": []}, {"session": []}]
    assert {"201", "401", "403", "422", "429", "500"} <= set(write["responses"])
    assert write["requestBody"]["content"]["application/json"]["example"]["title"] == "Shopping"
    assert (write["summary"], write["description"]) == (
        "Write a note.",
        "It gets the next free number.",
    )


def test_files_are_described_as_parts_and_bytes(document):
    attach = document["paths"]["/api/notes/files"]["post"]["requestBody"]
    assert list(attach["content"]) == ["multipart/form-data"]
    form = document["components"]["schemas"]["notes.AttachForm"]
    assert form["properties"]["file"]["format"] == "binary"


def test_fields_that_travel_as_cookies_are_not_in_the_reply(document):
    assert list(document["components"]["schemas"]["notes.SignedIn"]["properties"]) == ["name"]


def test_the_docs_page_shows_every_operation_with_its_examples(http, document):
    page = http.get("/api/docs").body.decode()
    for path in document["paths"].values():
        for operation in path.values():
            assert f'id="{operation["operationId"]}"' in page
    assert "-X POST" in page
    assert "requests.request(" in page
    assert "<script>" not in page
    assert "http://" not in page.replace("$CAMPUS", "")
    assert http.get("/api/docs/try.js")["content-type"] == "text/javascript; charset=utf-8"
    assert http.get("/api/docs/try.css").status == 200


def test_every_code_has_a_cause_and_a_fix_as_json_and_as_a_page(http):
    codes = http.get("/api/errors").json["codes"]
    assert all(entry["cause"] and entry["fix"] for entry in codes)
    assert len({entry["code"] for entry in codes}) == len(codes)
    page = http.get("/api/errors", Accept="text/html").body.decode()
    assert all(f'id="{entry["code"]}"' in page for entry in codes)


def test_the_pages_speak_the_readers_language_and_say_what_is_english(http):
    zulu = http.get("/api/docs", **{"Accept-Language": "zu"})
    page = zulu.body.decode()
    assert '<html lang="zu">' in page and "I-API yale khampasi" in page
    assert '<span lang="en">' in page
    chosen = http.get("/api/errors", Accept="text/html", Cookie="azora_language=zu").body.decode()
    assert "Amakhodi amaphutha" in chosen and '<td lang="en">' in chosen
    assert '<html lang="en">' in http.get("/api/docs").body.decode()
    again = http.get("/api/docs", **{"Accept-Language": "zu", "If-None-Match": zulu["etag"]})
    assert again.status == 304
    assert http.get("/api/docs", **{"If-None-Match": zulu["etag"]}).status == 200


def test_every_code_in_the_kernels_source_is_in_the_reference(http):
    from importlib.resources import files

    known = {entry["code"] for entry in http.get("/api/errors").json["codes"]}
    for source in files("azora.http").iterdir():
        if source.name.endswith(".py"):
            used = set(re.findall(r"HttpProblem\(\s*\d+,\s*\"([\w.]+)\"", source.read_text()))
            assert used <= known, (source.name, used - known)


def test_health_readiness_and_metrics(http):
    assert http.get("/healthz").json == {"status": "alive"}
    assert http.get("/readyz").json == {"status": "ready"}
    http.get("/api/notes/echo")
    metrics = http.get("/metrics")
    assert metrics["content-type"].startswith("text/plain; version=")
    assert b"notes.echo" in metrics.body


def test_a_canary_says_how_its_calls_went_and_no_other_process_does(start):
    http = start(canary_share=0.1)
    http.get("/api/notes/echo")
    http.get("/api/notes/notes/none")
    http.post("/api/notes/broken", {})
    told = http.get("/canaryz").json
    assert (told["faults"], sum(calls for _, calls in told["durations"])) == (1, 3)
    assert (
        b'azora_operation_faults_total{operation="notes.broken"} 1.0' in http.get("/metrics").body
    )
    assert start().get("/canaryz").status == 404


def test_a_process_that_waits_says_for_whom(http, monkeypatch):
    monkeypatch.setattr(http.runtime, "readiness", lambda: {"library": "awaits identity"})
    answer = http.get("/readyz")
    assert (answer.status, answer.json["awaits"]) == (503, {"library": "awaits identity"})
