"""Who may ask from where and how often, and what every response carries."""

import gzip
import re

import pytest

from azora.http import csrf
from azora.http.compression import CODERS, choose

OURS = "http://campus.test"
HOST = {"Host": "campus.test"}
SESSION = {"Cookie": "azora_session=session-of-author", **HOST}
NOTE = {"title": "x"}
LISTED = "https://app.test"


@pytest.mark.parametrize(
    ("listed", "origin", "allowed"),
    [
        ([], "https://evil.test", None),
        ([LISTED], LISTED, LISTED),
        ([LISTED], "https://app.test.evil.test", None),
        ([LISTED], "https://evil.test/https://app.test", None),
        ([LISTED], "http://app.test", None),
        ([LISTED], "null", None),
        (["*"], "https://evil.test", "*"),
    ],
)
def test_cors_table(start, listed, origin, allowed):
    wire = start(http={"cors_origins": listed, "rate_limit": 0})
    answer = wire.get("/api/notes/echo", Origin=origin)
    assert answer["access-control-allow-origin"] == allowed
    assert answer["access-control-allow-credentials"] is None
    assert "Origin" in answer["vary"]
    preflight = wire.request("OPTIONS", "/api/notes/notes", None, {"Origin": origin})
    assert (preflight["access-control-allow-methods"] is not None) == (allowed is not None)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({**SESSION, "Sec-Fetch-Site": "same-origin"}, 201),
        ({**SESSION, "Sec-Fetch-Site": "none"}, 201),
        ({**SESSION, "Sec-Fetch-Site": "same-site"}, 403),
        ({**SESSION, "Sec-Fetch-Site": "cross-site"}, 403),
        ({**SESSION, "Origin": OURS}, 201),
        ({**SESSION, "Origin": "http://campus.test.evil.test"}, 403),
        ({**SESSION, "Origin": "null"}, 403),
        ({**SESSION, "Origin": LISTED}, 403),
        (SESSION, 201),
        (
            {
                "Authorization": "Bearer azt_author",
                "Origin": "https://evil.test",
                "Sec-Fetch-Site": "cross-site",
            },
            201,
        ),
    ],
)
def test_another_site_cannot_change_anything_in_a_session(start, headers, status):
    wire = start(http={"cors_origins": [LISTED], "rate_limit": 0, "rate_limit_signed_in": 0})
    assert wire.post("/api/notes/notes", NOTE, **headers).status == status


def test_another_site_cannot_sign_somebody_in(http):
    answer = http.post("/api/notes/sessions", {"name": "x"}, Origin="https://evil.test")
    assert (answer.status, answer.json["code"], answer.cookies) == (403, "cross_site_request", [])


def test_a_form_token_fits_its_session_alone_and_never_looks_the_same():
    first, second = csrf.issue_token("session-a"), csrf.issue_token("session-a")
    assert first != second
    assert csrf.verify(first, "session-a")
    assert csrf.verify(second, "session-a")
    assert not csrf.verify(first, "session-b")
    assert not any(
        csrf.verify(token, "session-a") for token in ("", "x", "é", first[:-4], first + "AAAA")
    )
    assert not csrf.verify(csrf.issue_token(""), "")


def test_a_client_is_told_what_is_left_and_when_to_come_back(start, author):
    wire = start(http={"rate_limit": 3, "rate_limit_signed_in": 100})
    answers = [wire.get("/api/notes/echo") for _ in range(5)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429, 429]
    assert [answer["ratelimit"].split(";")[1] for answer in answers[:3]] == ["r=2", "r=1", "r=0"]
    assert answers[0]["ratelimit-policy"] == '"visitor";q=3;w=60'
    assert answers[3].json["code"] == "rate_limited"
    assert answers[3]["ratelimit-policy"] == '"visitor";q=3;w=60'
    assert answers[3]["ratelimit"] == f'"visitor";r=0;t={answers[3]["retry-after"]}'
    assert 1 <= int(answers[3]["retry-after"]) <= 21
    assert wire.get("/api/notes/echo", **author)["ratelimit-policy"] == '"actor";q=100;w=60'
    assert wire.get("/healthz").status == 200


def test_a_rate_of_an_operation_is_told_whatever_comes_of_the_request(start):
    wire = start(http={"rate_limit": 1000})
    answers = [wire.get("/api/notes/rationed/none") for _ in range(3)]
    assert [answer.status for answer in answers] == [404, 404, 429]
    for answer, left in zip(answers, (1, 0, 0), strict=True):
        assert f'"notes.read_rationed";r={left};' in answer["ratelimit"]
        assert '"notes.read_rationed";q=2;w=86400' in answer["ratelimit-policy"]
        assert '"visitor";q=1000' in answer["ratelimit-policy"]


def test_only_counted_proxies_are_believed(start):
    wire = start(http={"rate_limit": 1})
    statuses = [wire.get("/api/notes/echo", X_Forwarded_For=f"10.0.0.{n}").status for n in range(2)]
    assert statuses == [200, 429]


def test_the_address_that_the_nearest_trusted_proxy_saw_is_counted(start):
    wire = start(http={"rate_limit": 1, "trusted_proxies": 1})
    seen = ["1.1.1.1, 10.0.0.1", "2.2.2.2, 10.0.0.1", "10.0.0.2"]
    statuses = [wire.get("/api/notes/echo", X_Forwarded_For=chain).status for chain in seen]
    assert statuses == [200, 429, 200]


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("gzip", "gzip"), ("gzip;q=0", None), ("identity", None), ("", None), ("*;q=0", None),
        ("x, gzip;q=0.5", "gzip"), ("gzip;q=nonsense", None), ("GZIP", "gzip"),
    ],
)  # fmt: skip
def test_the_coding_is_negotiated(accepted, chosen):
    assert choose(accepted) == chosen
    assert choose("*") == next(iter(CODERS))


def test_long_replies_are_packed_and_short_ones_are_not(http):
    said = "x" * 5_000
    packed = http.get(f"/api/notes/echo?say={said}", Accept_Encoding="gzip")
    assert packed["content-encoding"] == "gzip"
    assert said.encode() in gzip.decompress(packed.body)
    assert "Accept-Encoding" in packed["vary"]
    assert http.get("/api/notes/echo?say=x", Accept_Encoding="gzip")["content-encoding"] is None


def test_a_reply_with_a_cookie_is_never_packed(http):
    long = "n" * 40
    answer = http.post("/api/notes/sessions", {"name": long}, Accept_Encoding="gzip")
    assert answer.cookies
    assert answer["content-encoding"] is None


def test_violations_of_the_policy_are_taken(http):
    old = {"csp-report": {"document-uri": "x", "violated-directive": "script-src"}}
    new = [
        {"type": "csp-violation", "body": {"documentURL": "x", "effectiveDirective": "script-src"}}
    ]
    policy = http.get("/api/docs")["content-security-policy"]
    path = re.search(r"report-uri (\S+);", policy)[1]
    import json

    for document, kind in ((old, "application/csp-report"), (new, "application/reports+json")):
        assert http.post(path, json.dumps(document), Content_Type=kind).status == 204
    assert http.post(path, b"{", Content_Type="application/csp-report").status == 400
    assert http.post(path, b"x" * 20_000, Content_Type="application/csp-report").status == 413
    assert http.post(path, b"x", Content_Type="text/plain").status == 415


@pytest.mark.parametrize(
    "path", ["/static/../setup.cfg", "/static/shell/../pages.py", "/static/shell/%2e%2e/pages.py",
             "/static/shell/..%2fpages.py", "/static/shell//etc/passwd", "/static/shell/%00", "/static/", "/static/none/x"],
)  # fmt: skip
def test_no_path_leads_out_of_the_static_files(http, path):
    assert http.get(path).status in (400, 404)


def test_static_files_with_their_hash_are_kept_for_ever(http):
    assets = http.gateway.pages.assets
    url = assets.url("shell.css") if "?v=" in assets.url("shell.css") else first_asset(assets)
    forever, asked = http.get(url), http.get(url.partition("?")[0])
    assert (forever.status, asked.status) == (200, 200)
    assert forever["cache-control"] == "public, max-age=31536000, immutable"
    assert asked["cache-control"] == "public, no-cache"
    assert http.get(url, If_None_Match=forever["etag"]).status == 304
    assert http.post(url, {}).status == 405


def first_asset(assets):
    from importlib.resources import files

    names = [
        entry.name for entry in files("azora.shell").joinpath("static").iterdir() if entry.is_file()
    ]
    return assets.url(names[0])
