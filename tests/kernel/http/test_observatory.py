"""Security headers, graded by the rules that Mozilla's HTTP Observatory publishes, without asking it."""

import re

import pytest

KINDS = {
    "operation": ("GET", "/api/notes/echo", {}),
    "created": ("POST", "/api/notes/sessions", {}),
    "problem": ("GET", "/api/notes/notes/none", {}),
    "no route": ("GET", "/api/none", {}),
    "wrong verb": ("PUT", "/api/notes/echo", {}),
    "stream": ("GET", "/api/notes/count?to=2", {}),
    "docs": ("GET", "/api/docs", {}),
    "errors": ("GET", "/api/errors", {"Accept": "text/html"}),
    "openapi": ("GET", "/api/openapi.json", {}),
    "health": ("GET", "/healthz", {}),
    "metrics": ("GET", "/metrics", {}),
    "no page": ("GET", "/none", {"Accept": "text/html"}),
    "no file": ("GET", "/static/none", {}),
}


def directives(policy):
    pieces = [piece.split() for piece in policy.split(";") if piece.strip()]
    return {piece[0]: piece[1:] for piece in pieces}


def grade(answer):
    """Score by the rules of version 5: 100, minus what is missing, plus what is better than needed."""
    policy = directives(answer["content-security-policy"] or "")
    score = 100
    script = policy.get("script-src", policy.get("default-src", ["*"]))
    style = policy.get("style-src", policy.get("default-src", ["*"]))
    if not policy:
        score -= 25
    elif {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:", "data:"} & {*script, *style}:
        score -= 20
    else:
        score += 10 if policy.get("default-src") == ["'none'"] else 5
    hsts = re.match(
        r"max-age=(\d+); includeSubDomains; preload$", answer["strict-transport-security"] or ""
    )
    score += 5 if hsts and int(hsts[1]) >= 31_536_000 else -20
    score += 0 if answer["x-content-type-options"] == "nosniff" else -5
    score += 5 if policy.get("frame-ancestors") == ["'none'"] else -20
    score += (
        5
        if answer["referrer-policy"]
        in ("no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin")
        else -5
    )
    score += 10 if answer["cross-origin-resource-policy"] in ("same-origin", "same-site") else 0
    score += -50 if answer["access-control-allow-origin"] else 0
    for cookie in answer.cookies:
        score += 0 if all(part in cookie for part in ("Secure", "HttpOnly", "SameSite")) else -40
    return score


@pytest.fixture
def https(start):
    return start(public_url="https://campus.test", http={"rate_limit": 0})


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_response_is_graded_a_plus(https, kind):
    method, path, headers = KINDS[kind]
    headers = {"Origin": "https://campus.test", **headers}
    answer = https.request(method, path, {"name": "x"} if method == "POST" else None, headers)
    assert grade(answer) >= 100, answer.headers
    assert "camera" in answer["permissions-policy"]
    assert answer["cross-origin-opener-policy"] == "same-origin"
    assert answer["server"] is None
    if kind == "created":
        assert "Secure" in answer.cookies[0]


def test_a_page_has_a_fresh_nonce_and_no_unsafe_source(https):
    policies = [https.get("/none", Accept="text/html")["content-security-policy"] for _ in range(2)]
    assert "unsafe" not in policies[0]
    nonces = [re.search(r"'nonce-([\w-]+)'", policy)[1] for policy in policies]
    assert len(set(nonces)) == 2
    assert min(map(len, nonces)) >= 20


def test_without_https_no_browser_is_sent_there(http):
    assert http.get("/healthz")["strict-transport-security"] is None


def test_listed_platforms_may_frame_pages_and_nobody_else(start):
    wire = start(http={"frame_ancestors": ["https://lti.test"], "rate_limit": 0})
    policy = directives(wire.get("/none", Accept="text/html")["content-security-policy"])
    assert policy["frame-ancestors"] == ["https://lti.test"]
    assert directives(wire.get("/api/notes/echo")["content-security-policy"])[
        "frame-ancestors"
    ] == ["'none'"]
