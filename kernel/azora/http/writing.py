"""What goes on the wire: status line, date and headers as bytes."""

import time
from email.utils import formatdate

import orjson

from azora.http.exchange import REASONS, Headers, HttpProblem, HttpResponse

_STATUS = {code: f"HTTP/1.1 {code} {reason}\r\n".encode() for code, reason in REASONS.items()}
_date = (0, b"")


def head_of(response: HttpResponse, framing: bytes) -> bytes:
    """Everything before the body; `framing` are the lines that this connection adds."""
    lines = "".join([f"{name}: {value}\r\n" for name, value in response.headers])
    if lines.count("\n") != len(response.headers):
        lines = _without_line_ends(response.headers)
    return b"".join(
        (
            _STATUS[response.status],
            date_line(),
            response.preset,
            lines.encode("latin-1", "replace"),
            framing,
            b"\r\n",
        )
    )


def refusal(problem: HttpProblem) -> bytes:
    """The answer to what never became a request; the connection is closed after it."""
    document = {
        "type": f"/api/errors#{problem.code}", "title": REASONS[problem.status],
        "status": problem.status, "code": problem.code, "detail": problem.detail,
    }  # fmt: skip
    body = orjson.dumps(document)
    return (
        _STATUS[problem.status] + date_line() + b"Content-Type: application/problem+json\r\n"
        b"X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nConnection: close\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    )


def date_line() -> bytes:
    """The Date header, made once a second."""
    global _date
    now = int(time.time())
    if _date[0] != now:
        _date = (now, f"Date: {formatdate(now, usegmt=True)}\r\n".encode())
    return _date[1]


def _without_line_ends(headers: Headers) -> str:
    """Headers that nobody can use to begin another one."""
    return "".join(f"{name}: {' '.join(value.split())}\r\n" for name, value in headers)
