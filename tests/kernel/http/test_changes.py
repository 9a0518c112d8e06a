"""Changes that must not be lost or made twice: conditional requests, idempotency keys, batches."""

import eventlet
import pytest
from tests.kernel.http.gateway_plugin import Notebook

NOTE = "/api/notes/notes/1"


@pytest.fixture
def note(http, author):
    """A first note; its tag."""
    http.post("/api/notes/notes", {"title": "first"}, **author)
    return http.get(NOTE)["etag"]


def test_an_unchanged_thing_is_304_without_a_body(http, note):
    answer = http.get(NOTE, If_None_Match=note)
    assert (answer.status, answer.body, answer["etag"]) == (304, b"", note)
    assert answer["cache-control"] == "private, no-cache"
    assert http.get(NOTE, If_None_Match=f'"other", W/{note}').status == 304
    assert http.get(NOTE, If_None_Match='"other"').status == 200


def test_a_tag_changes_with_the_selection_and_the_coding(http, author):
    http.post("/api/notes/notes", {"title": "x", "text": "long " * 500}, **author)
    whole, trimmed = http.get(NOTE), http.get(f"{NOTE}?fields=id,text")
    packed = http.get(NOTE, Accept_Encoding="gzip")
    assert len({whole["etag"], trimmed["etag"], packed["etag"]}) == 3
    assert http.get(NOTE, If_None_Match=packed["etag"]).status == 304


def test_if_match_lets_the_first_change_through_and_stops_the_second(http, author, note):
    first = http.request("PUT", NOTE, {"title": "mine"}, {"If-Match": note, **author})
    second = http.request("PUT", NOTE, {"title": "theirs"}, {"If-Match": note, **author})
    assert first.status == 200
    assert (second.status, second.json["code"]) == (412, "notes.note_changed")
    assert http.get(NOTE).json["title"] == "mine"


def test_if_match_is_checked_against_the_get_where_the_request_has_no_revision(http, author, note):
    stale = http.request("DELETE", NOTE, None, {"If-Match": '"stale"', **author})
    assert (stale.status, stale.json["code"]) == (412, "precondition_failed")
    weak = http.request("DELETE", NOTE, None, {"If-Match": f"W/{note}", **author})
    assert weak.status == 412
    assert http.request("DELETE", NOTE, None, {"If-Match": note, **author}).status == 204
    assert http.request("DELETE", NOTE, None, {"If-Match": "*", **author}).status == 412


def test_if_none_match_star_makes_only_what_is_not_there(http, author, note):
    answer = http.request("PUT", NOTE, {"title": "again"}, {"If-None-Match": "*", **author})
    assert answer.status == 412


def test_without_a_key_a_change_is_made_each_time(http, author):
    for _ in range(2):
        http.post("/api/notes/notes", {"title": "x"}, **author)
    assert Notebook.written == 2


def test_with_a_key_a_change_is_made_once_and_answered_the_same(http, author):
    answers = [
        http.post("/api/notes/notes", {"title": "x"}, Idempotency_Key="k1", **author)
        for _ in range(3)
    ]
    assert Notebook.written == 1
    assert {(answer.status, answer.body) for answer in answers} == {(201, answers[0].body)}
    assert [answer["idempotency-replayed"] for answer in answers] == [None, "true", "true"]


def test_a_key_with_another_body_is_refused(http, author):
    http.post("/api/notes/notes", {"title": "x"}, Idempotency_Key="k1", **author)
    other = http.post("/api/notes/notes", {"title": "y"}, Idempotency_Key="k1", **author)
    assert (other.status, other.json["code"]) == (422, "idempotency_key_reused")


def test_a_key_belongs_to_one_actor_and_one_operation(http, author):
    keeper = {"Authorization": "Bearer azt_keeper"}
    http.post("/api/notes/notes", {"title": "x"}, Idempotency_Key="k1", **author)
    http.post("/api/notes/notes", {"title": "x"}, Idempotency_Key="k1", **keeper)
    assert Notebook.written == 2
    assert http.post("/api/notes/echo", {"say": "x"}, Idempotency_Key="k1", **author).status == 201


def test_a_concurrent_duplicate_is_told_to_wait(http, author):
    first = eventlet.spawn(
        http.post, "/api/notes/waits", {"say": "x"}, Idempotency_Key="k", **author
    )
    Notebook.began.wait()
    second = http.post("/api/notes/waits", {"say": "x"}, Idempotency_Key="k", **author)
    Notebook.go_on.send()
    assert (second.status, second.json["code"], second["retry-after"]) == (
        409,
        "idempotency_key_in_use",
        "1",
    )
    assert first.wait().status == 201


def test_a_failed_change_does_not_use_up_its_key(http, author):
    refused = http.post("/api/notes/notes", {"title": ""}, Idempotency_Key="k1", **author)
    made = http.post("/api/notes/notes", {"title": "x"}, Idempotency_Key="k1", **author)
    assert (refused.status, made.status) == (422, 201)


def test_a_stored_response_is_forgotten_after_a_day(http, author):
    http.post("/api/notes/notes", {"title": "x"}, Idempotency_Key="k1", **author)
    database = http.runtime.hosted["notes"].database
    [(left,)] = database.execute("SELECT until FROM azora_idempotency WHERE scope LIKE 'user:%'")
    with database.transaction():
        database.execute("UPDATE azora_idempotency SET until = ?", left - 25 * 3600)
    http.post("/api/notes/notes", {"title": "x"}, Idempotency_Key="k1", **author)
    assert Notebook.written == 2


@pytest.mark.parametrize("key", ["", "a" * 300, "a\tb", 'a"b'])
def test_a_key_that_is_no_key_is_refused(http, author, key):
    answer = http.post("/api/notes/notes", {"title": "x"}, Idempotency_Key=key, **author)
    assert (answer.status, answer.json["code"]) == (400, "malformed_idempotency_key")


def test_a_batch_keeps_order_and_has_a_status_for_each(http, author):
    answer = http.post(
        "/api/batch",
        {
            "requests": [
                {"method": "POST", "path": "/api/notes/notes", "body": {"title": "a"}},
                {"path": "/api/notes/notes/1?fields=title"},
                {"path": "/api/notes/notes/9"},
                {
                    "method": "PUT",
                    "path": NOTE,
                    "headers": {"If-Match": '"9.x"'},
                    "body": {"title": "b"},
                },
                {"method": "DELETE", "path": NOTE},
            ]
        },
        **author,
    )
    assert answer.status == 200
    responses = answer.json["responses"]
    assert [response["status"] for response in responses] == [201, 200, 404, 412, 204]
    assert responses[1]["body"] == {"title": "a"}
    assert responses[2]["body"]["code"] == "notes.note_not_found"


def test_a_batch_runs_as_whoever_sent_it(http, reader):
    asked = [
        {"method": "POST", "path": "/api/notes/notes", "body": {"title": "a"}},
        {"path": "/api/notes/notes"},
    ]
    responses = http.post("/api/batch", {"requests": asked}, **reader).json["responses"]
    assert [response["status"] for response in responses] == [403, 200]


@pytest.mark.parametrize(
    "body",
    [
        {"requests": []},
        {"requests": [{"path": "/api/notes/echo"}] * 51},
        {"requests": [{"path": "/healthz"}]},
        {
            "requests": [
                {"path": "/api/notes/echo", "headers": {"Authorization": "Bearer azt_keeper"}}
            ]
        },
        {"requests": [{"path": "/api/notes/echo", "more": 1}]},
    ],
)
def test_a_batch_that_is_none_is_refused(http, body):
    assert http.post("/api/batch", body).status == 422


def test_a_batch_holds_no_batch_and_no_stream(http):
    asked = [
        {"method": "POST", "path": "/api/batch", "body": {"requests": []}},
        {"path": "/api/notes/count?to=2"},
    ]
    responses = http.post("/api/batch", {"requests": asked}).json["responses"]
    assert [response["status"] for response in responses] == [404, 406]
    assert http.post("/api/batch", {"requests": asked[:1] * 50}).status == 200
