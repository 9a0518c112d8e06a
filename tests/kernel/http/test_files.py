"""Files in and out, and replies that stream."""

import hashlib
import json
import os

import eventlet
import pytest
from tests.kernel.http.gateway_plugin import Notebook

CONTENT = os.urandom(300_000)
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def form(*parts):
    """A multipart body of (name, file name or None, media type or None, content) and its type."""
    body = b""
    for name, filename, media_type, content in parts:
        disposition = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename else "")
        body += f"--edge\r\nContent-Disposition: {disposition}\r\n".encode()
        body += f"Content-Type: {media_type}\r\n".encode() if media_type else b""
        body += b"\r\n" + content + b"\r\n"
    return body + b"--edge--\r\n", "multipart/form-data; boundary=edge"


def upload(http, author, filename="notes.pdf", content=CONTENT, media_type="application/pdf"):
    body, kind = form(("label", None, None, b"mine"), ("file", filename, media_type, content))
    return http.post("/api/notes/files", body, Content_Type=kind, **author)


def test_a_part_becomes_a_file_and_comes_back_whole(http, author):
    answer = upload(http, author)
    assert answer.status == 201
    assert answer.json["label"] == "mine"
    assert answer.json["file"] == {
        "digest": DIGEST, "size": len(CONTENT), "name": "notes.pdf", "media_type": "application/pdf",
    }  # fmt: skip
    fetched = http.get(f"/api/notes/files/{DIGEST}")
    assert fetched.body == CONTENT
    assert fetched["content-type"] == "application/pdf"
    assert fetched["content-disposition"] == 'inline; filename="notes.pdf"'
    assert fetched["etag"] == f'"{DIGEST}"'


def test_a_raw_body_becomes_a_file(http, author):
    headers = {
        "Content-Type": "text/html", "Content-Disposition": "attachment; filename*=UTF-8''%C5%8C.html", **author,
    }  # fmt: skip
    answer = http.request("POST", "/api/notes/files?label=raw", b"<b>hi</b>", headers)
    assert answer.status == 201, answer.body
    assert answer.json["file"]["name"] == "Ō.html"
    fetched = http.get(f"/api/notes/files/{answer.json['file']['digest']}")
    assert (
        fetched["content-disposition"]
        == "attachment; filename=\"_.html\"; filename*=UTF-8''%C5%8C.html"
    )
    assert "default-src 'none'" in fetched["content-security-policy"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/", "file"),
        ("..", "file"),
        ("a\x01b.txt", "ab.txt"),
        ("evil\u202etxt.exe", "eviltxt.exe"),
        ("x" * 300 + ".txt", "x" * 251 + ".txt"),
    ],
)
def test_a_file_name_is_only_a_name(http, author, sent, kept):
    assert upload(http, author, filename=sent).json["file"]["name"] == kept


def test_a_file_that_is_too_large_is_refused_unread(http, author):
    body, kind = form(("label", None, None, b"mine"), ("file", "x", None, b"0" * 5_100_000))
    assert http.post("/api/notes/files", body, Content_Type=kind, **author).status == 413


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "multipart/form-data", 400),
        (b"--edge\r\nnonsense", "multipart/form-data; boundary=edge", 400),
        (b"nothing of it", "multipart/form-data; boundary=edge", 400),
        (form(*[("label", None, None, b"x")] * 120)[0], "multipart/form-data; boundary=edge", 422),
        (form(("label", None, None, b"\xff"))[0], "multipart/form-data; boundary=edge", 400),
        (form(("label", None, None, b"0" * 300_000))[0], "multipart/form-data; boundary=edge", 413),
        (form(("label", None, None, b"x"))[0], "multipart/form-data; boundary=edge", 422),
        (form(("other", "x", None, b"x"))[0], "multipart/form-data; boundary=edge", 422),
        (b'{"label": "x"}', "application/json", 422),
    ],
)
def test_a_broken_form_is_refused(http, author, body, kind, status):
    assert http.post("/api/notes/files", body, Content_Type=kind, **author).status == status


def test_a_file_is_not_taken_by_reference(http, author):
    ref = {"digest": DIGEST, "size": 1, "name": "x", "media_type": "text/plain"}
    answer = http.post("/api/notes/files", {"label": "x", "file": ref}, **author)
    assert (answer.status, answer.json["errors"][0]["code"]) == (422, "upload_expected")


def test_nobody_uploads_without_permission(http):
    body, kind = form(("file", "x", None, b"x"))
    assert http.post("/api/notes/files", body, Content_Type=kind).status == 401


@pytest.mark.parametrize(
    ("asked", "status", "expected"),
    [
        ("bytes=0-99", 206, CONTENT[:100]),
        ("bytes=100-", 206, CONTENT[100:]),
        ("bytes=-100", 206, CONTENT[-100:]),
        ("bytes=299900-999999", 206, CONTENT[-100:]),
        ("bytes=0-1,5-6", 200, CONTENT),
        ("bytes=5-2", 200, CONTENT),
        ("lines=1-2", 200, CONTENT),
        ("bytes=300000-", 416, None),
        ("bytes=-0", 416, None),
    ],
)
def test_ranges(http, author, asked, status, expected):
    upload(http, author)
    answer = http.get(f"/api/notes/files/{DIGEST}", Range=asked)
    assert answer.status == status
    if expected is not None:
        assert answer.body == expected
    if status == 206:
        start = CONTENT.index(expected)
        assert (
            answer["content-range"] == f"bytes {start}-{start + len(expected) - 1}/{len(CONTENT)}"
        )
    if status == 416:
        assert answer["content-range"] == f"bytes */{len(CONTENT)}"


def test_a_download_goes_on_only_if_the_file_is_the_same(http, author):
    upload(http, author)
    path = f"/api/notes/files/{DIGEST}"
    assert http.get(path, Range="bytes=0-9", If_Range=f'"{DIGEST}"').status == 206
    assert http.get(path, Range="bytes=0-9", If_Range='"other"').status == 200
    assert http.get(path, If_None_Match=f'"{DIGEST}"').status == 304
    head = http.request("HEAD", path)
    assert (head.body, head["content-length"]) == (b"", str(len(CONTENT)))


def test_an_iterator_streams_one_document_a_line(http):
    answer = http.get("/api/notes/count?to=3")
    assert answer["content-type"] == "application/jsonl"
    assert [json.loads(line)["number"] for line in answer.body.splitlines()] == [0, 1, 2]
    assert http.get("/api/notes/count?to=0").body == b""


def test_an_iterator_is_server_sent_events_where_asked(http):
    answer = http.get("/api/notes/count?to=2", Accept="text/event-stream")
    assert answer["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.body == b'data: {"number":0}\n\ndata: {"number":1}\n\n'


def test_a_stream_that_fails_at_once_is_a_problem_and_later_its_last_line_is(http):
    at_once = http.get("/api/notes/count?to=3&fail_at=0")
    assert (at_once.status, at_once.json["code"]) == (404, "notes.ended")
    later = [
        json.loads(line) for line in http.get("/api/notes/count?to=3&fail_at=2").body.splitlines()
    ]
    assert [line.get("number") for line in later] == [0, 1, None]
    assert later[-1]["problem"]["code"] == "notes.ended"


def test_a_document_is_sent_as_it_is_and_an_unchanged_one_is_not(http):
    answer = http.get("/api/notes/poem")
    assert answer.body == b"<hymn>Nkosi</hymn>"
    assert answer["content-type"] == "application/xml; charset=utf-8"
    assert http.get("/api/notes/poem", If_None_Match=answer["etag"]).status == 304


def test_documents_stream_as_one_text_under_the_name_of_the_first(http):
    answer = http.get("/api/notes/verses?to=2")
    assert answer.body.decode() == "0,ngũ\n1,ngũ\n"
    assert answer["content-type"] == "text/csv; charset=utf-8"
    assert answer["content-disposition"] == 'attachment; filename="verses.csv"'
    assert http.get("/api/notes/verses?to=2&fail_at=0").json["code"] == "notes.ended"


def test_a_text_that_fails_in_the_middle_does_not_look_whole(http):
    with http.connect() as peer:
        peer.sendall(b"GET /api/notes/verses?to=3&fail_at=2 HTTP/1.1\r\nHost: x\r\n\r\n")
        received = b""
        while part := peer.recv(4096):
            received += part
    assert b"1,ng" in received and not received.endswith(b"0\r\n\r\n")


def test_a_stream_stops_when_its_client_leaves(http):
    with http.connect() as peer:
        peer.sendall(b"GET /api/notes/count?to=1000000 HTTP/1.1\r\nHost: x\r\n\r\n")
        peer.recv(1000)
    with eventlet.Timeout(5):
        while not Notebook.closed:
            eventlet.sleep(0.01)
    assert Notebook.closed[0] < 999_999
