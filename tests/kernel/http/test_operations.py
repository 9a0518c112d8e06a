"""Operations over HTTP: what fills the request, what comes back, and every way to be refused."""

import pytest


def problem(answer, status, code):
    assert answer.status == status, answer.body
    assert answer["content-type"] == "application/problem+json"
    assert answer.json["code"] == code
    assert answer.json["status"] == status
    assert answer.json["trace_id"] == answer["x-trace-id"]
    return answer.json


def fields_of(document):
    return {entry["field"]: entry["code"] for entry in document["errors"]}


def test_a_post_that_replies_is_created_and_a_get_reads_it(http, author):
    written = http.post("/api/notes/notes", {"title": "Milk", "tags": ["shop"]}, **author)
    assert written.status == 201
    assert written["content-type"] == "application/json"
    read = http.get(f"/api/notes/notes/{written.json['id']}")
    assert read.status == 200
    assert read.json == {"id": "1", "title": "Milk", "text": "", "tags": ["shop"], "revision": 1}


def test_an_operation_without_a_reply_answers_204_without_a_body(http, author):
    http.post("/api/notes/notes", {"title": "Milk"}, **author)
    removed = http.request("DELETE", "/api/notes/notes/1", None, author)
    assert (removed.status, removed.body) == (204, b"")


def test_path_and_body_fill_one_request(http, author):
    http.post("/api/notes/notes", {"title": "Milk"}, **author)
    changed = http.request("PUT", "/api/notes/notes/1", {"title": "Oat milk"}, author)
    assert (changed.status, changed.json["title"], changed.json["revision"]) == (200, "Oat milk", 2)


def test_a_field_in_path_and_body_is_refused(http, author):
    answer = http.request("PUT", "/api/notes/notes/1", {"id": "2", "title": "x"}, author)
    assert fields_of(problem(answer, 422, "invalid")) == {"id": "given_twice"}


def test_repeated_query_keys_fill_a_list_and_blank_ones_are_absent(http, author):
    http.post("/api/notes/notes", {"title": "a", "tags": ["x", "y"]}, **author)
    http.post("/api/notes/notes", {"title": "b", "tags": ["x"]}, **author)
    found = http.get("/api/notes/notes?tags=x&tags=y&text=&limit=", **author)
    assert [note["title"] for note in found.json["items"]] == ["a"]


def test_a_single_field_given_twice_in_the_query_is_refused(http, author):
    answer = http.get("/api/notes/notes?limit=1&limit=2", **author)
    assert fields_of(problem(answer, 422, "invalid")) == {"limit": "given_twice"}


def test_percent_encoded_text_arrives_decoded(http):
    assert http.get("/api/notes/echo?say=Sawubona%2C+%C5%8Ctani%26co").json == {
        "said": "Sawubona, Ōtani&co"
    }


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"title": "x", "nonsense": 1}, "nonsense", "extra_forbidden"),
        ({}, "title", "missing"),
        ({"title": 5}, "title", "string_type"),
        ({"title": "x" * 81}, "title", "string_too_long"),
        ({"title": "x", "weight": "5"}, "weight", "int_type"),
        ({"title": "x", "weight": 2**63}, "weight", "number_too_large"),
        ({"title": "x", "colour": "green"}, "colour", "enum"),
        ({"title": "x", "due": "yesterday"}, "due", "date_parsing"),
        ({"title": "x", "tags": "shop"}, "tags", "list_type"),
        ({"title": "x", "tags": ["a", 1]}, "tags.1", "string_type"),
        ({"title": "a\0b"}, "title", "control_characters"),
        ({"title": "x", "tags": ["a", "\x1b[31m"]}, "tags.1", "control_characters"),
    ],
)
def test_each_wrong_field_is_named(http, author, body, field, code):
    assert fields_of(problem(http.post("/api/notes/notes", body, **author), 422, "invalid")) == {
        field: code
    }


def test_an_integer_may_be_written_with_a_point(http, author):
    body = {"title": "x", "weight": 4.0}
    assert http.post("/api/notes/notes", body, **author).status == 201
    refused = http.post("/api/notes/notes", body | {"weight": 4.5}, **author)
    assert refused.status == 422


def test_text_may_hold_tabs_line_ends_and_backslashes(http):
    said = 'a\tb\r\nc \\u0000 \\b "d"'
    assert http.post("/api/notes/echo", {"say": said}).json == {"said": said}


def test_a_nul_in_the_query_or_the_path_is_refused(http):
    problem(http.get("/api/notes/echo?say=a%00b"), 422, "invalid")
    problem(http.get("/api/notes/notes/a%00b"), 422, "invalid")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"say": "\xff"}',
        b'{"say": NaN}',
        b"[" * 100_000,
        b'{"say": "\\ud800"}',
        b'{"say": "a\x01"}',
        b"{} {}",
    ],
)
def test_what_is_no_json_is_malformed(http, body):
    answer = http.post("/api/notes/echo", body, Content_Type="application/json")
    problem(answer, 400, "malformed_json")


def test_json_that_is_no_object_is_invalid(http):
    problem(http.post("/api/notes/echo", b"[1]", Content_Type="application/json"), 422, "invalid")


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_other_media_types_are_unsupported(http, media_type):
    answer = http.post("/api/notes/echo", b'{"say": "x"}', Content_Type=media_type)
    problem(answer, 415, "unsupported_media_type")


def test_json_in_another_charset_is_unsupported(http):
    answer = http.post("/api/notes/echo", b"{}", Content_Type="application/json; charset=latin1")
    problem(answer, 415, "unsupported_charset")


def test_a_json_body_beyond_the_bound_is_refused_before_it_is_read(http):
    with http.connect() as peer:
        peer.sendall(
            b"POST /api/notes/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 10000000\r\n\r\n"
        )
        received = peer.recv(65_536)
    assert b"413 Content Too Large" in received
    assert b"Connection: close" in received


def test_a_chunked_body_is_cut_off_at_the_bound(http):
    chunk = b"186a0\r\n" + b" " * 100_000 + b"\r\n"
    head = b"POST /api/notes/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    with http.connect() as peer:
        peer.sendall(head)
        try:
            for _ in range(100):
                peer.sendall(chunk)
        except OSError:
            return
        assert b"413" in peer.recv(65_536)


def test_a_get_takes_no_body(http):
    answer = http.request("GET", "/api/notes/echo", b"{}", {"Content-Type": "application/json"})
    problem(answer, 400, "body_not_expected")


def test_an_unknown_address_and_a_wrong_verb(http):
    problem(http.get("/api/notes/nothing"), 404, "route_not_found")
    answer = http.request("PATCH", "/api/notes/notes/1")
    problem(answer, 405, "method_not_allowed")
    assert answer["allow"] == "DELETE, GET, HEAD, OPTIONS, PUT"


def test_operations_that_are_for_calls_alone_have_no_address(http):
    problem(http.post("/api/identity/authenticate", {"token": "x"}), 404, "route_not_found")


def test_an_address_that_is_not_utf8_is_malformed(http):
    problem(http.get("/api/notes/notes/%ff"), 400, "malformed_url")
    problem(http.get("/api/notes/echo?say=%ff"), 400, "malformed_url")


def test_an_encoded_slash_stays_inside_its_segment(http):
    assert problem(http.get("/api/notes/notes/a%2Fb"), 404, "notes.note_not_found")


def test_an_unexpected_failure_tells_nothing_but_the_trace_id(http):
    document = problem(http.post("/api/notes/broken", {}), 500, "internal")
    assert "secret" not in str(document)


def test_errors_of_a_plugin_keep_their_code(http):
    assert (
        problem(http.get("/api/notes/notes/9"), 404, "notes.note_not_found")["detail"]
        == "there is no such note"
    )


def test_a_permission_is_asked_before_the_body_is_read(http, reader):
    anonymous = http.post("/api/notes/notes", b"{", Content_Type="application/json")
    problem(anonymous, 401, "not_authenticated")
    assert anonymous["www-authenticate"].startswith("Bearer")
    problem(
        http.post("/api/notes/notes", b"{", Content_Type="application/json", **reader),
        403,
        "not_allowed",
    )


def test_an_unknown_token_is_refused_even_where_none_is_needed(http):
    answer = http.get("/api/notes/echo", Authorization="Bearer azt_stolen")
    problem(answer, 401, "invalid_token")
    assert 'error="invalid_token"' in answer["www-authenticate"]
    problem(http.get("/api/notes/echo", Authorization="Basic eDp5"), 401, "unsupported_credentials")


def test_head_has_the_headers_of_get_and_no_body(http):
    got, head = http.get("/api/notes/echo?say=x"), http.request("HEAD", "/api/notes/echo?say=x")
    assert (head.status, head.body) == (200, b"")
    assert head["content-length"] == got["content-length"]
    assert head["etag"] == got["etag"]


def test_options_names_the_verbs(http):
    answer = http.request("OPTIONS", "/api/notes/notes")
    assert (answer.status, answer["allow"]) == (204, "GET, HEAD, OPTIONS, POST")


def test_the_trace_of_the_caller_goes_on(http):
    trace = "0af7651916cd43dd8448eb211c80319c"
    answer = http.get("/api/notes/echo", traceparent=f"00-{trace}-b7ad6b7169203331-01")
    assert answer["x-trace-id"] == trace
    assert answer["traceresponse"].startswith(f"00-{trace}-")


def test_a_list_links_to_its_next_page_with_the_same_filter(http, author):
    for number in range(5):
        http.post("/api/notes/notes", {"title": f"n{number}", "tags": ["x"]}, **author)
    first = http.get("/api/notes/notes?limit=2&tags=x", **author)
    assert first["link"] == '</api/notes/notes?limit=2&tags=x&cursor=2>; rel="next"'
    last = http.get("/api/notes/notes?limit=2&tags=x&cursor=4", **author)
    assert last["link"] is None
    assert last.json["next"] is None


def test_fields_trims_the_reply_and_each_item_of_a_list(http, author):
    http.post("/api/notes/notes", {"title": "a"}, **author)
    assert http.get("/api/notes/notes/1?fields=id,title").json == {"id": "1", "title": "a"}
    listed = http.get("/api/notes/notes?fields=title", **author)
    assert listed.json == {"items": [{"title": "a"}], "next": None}
    answer = http.get("/api/notes/notes/1?fields=id,password")
    assert fields_of(problem(answer, 422, "invalid")) == {"fields": "unknown_field"}


def test_a_reply_field_marked_as_cookie_leaves_the_body(http):
    answer = http.post("/api/notes/sessions", {"name": "Thandi"})
    assert answer.json == {"name": "Thandi"}
    assert answer.cookies == ["azora_session=session-of-author; Path=/; HttpOnly; SameSite=Lax"]
    assert "Max-Age=0" in http.post("/api/notes/sessions", {"name": "nobody"}).cookies[0]


def test_a_session_cookie_identifies_like_a_token(http):
    answer = http.post("/api/notes/notes", {"title": "a"}, Cookie="azora_session=session-of-author")
    assert answer.status == 201
    problem(http.get("/api/notes/notes", Cookie="azora_session=ended"), 401, "not_authenticated")
