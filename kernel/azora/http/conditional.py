"""Conditional requests (RFC 9110, 13): an unchanged thing is 304, a lost update is 412.

A tag is `"<revision>.<hash>"` where the reply has a revision, else `"<hash>"`. The whole tag tells
whether a copy is fresh; the revision alone whether an update may go ahead.
"""

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from azora.errors import Conflict, NotFound
from azora.http.exchange import EMPTY_BODY, Headers, HttpProblem, HttpRequest, HttpResponse

if TYPE_CHECKING:
    from azora.http.operation import OperationEndpoint

CODINGS = ("-gzip", "-br", "-zstd")


def tagged(
    request: HttpRequest, body: bytes, headers: Headers, revision: object = None
) -> HttpResponse:
    """A body with its tag, or 304 where the client holds it already."""
    tag = etag(body, revision)
    headers += (("ETag", tag), ("Cache-Control", "private, no-cache"))
    wanted = request.headers.get("if-none-match")
    if wanted is not None and matches(wanted, tag, weak=True):
        return HttpResponse(304, b"", headers[1:])
    return HttpResponse(200, body, headers)


def etag(body: bytes, revision: object = None) -> str:
    """The strong tag of a representation."""
    digest = blake2b(body, digest_size=9).hexdigest()
    return f'"{revision}.{digest}"' if revision is not None else f'"{digest}"'


def matches(header: str, tag: str, *, weak: bool = False) -> bool:
    """Whether an If-Match or If-None-Match header names the tag; `*` names any."""
    if header.strip() == "*":
        return True
    return any(_plain(candidate, weak) == tag for candidate in header.split(","))


def precondition(endpoint: "OperationEndpoint", request: HttpRequest) -> dict[str, Any]:
    """What If-Match adds to the request: `if_revision` where its model has that.

    Otherwise the GET operation of the same path tells the present tag; raises HttpProblem 412 where
    the precondition fails.
    """
    required, forbidden = request.headers.get("if-match"), request.headers.get("if-none-match")
    if required is None and forbidden is None:
        return {}
    if required is not None and "if_revision" in endpoint.operation.request.model_fields:
        tag = _plain(required, False)
        if "," not in required and tag[:1] == '"' and "." in tag:
            return {"if_revision": tag[1:].partition(".")[0]}
    present = _present_tag(endpoint, request)
    if required is not None and (present is None or not matches(required, present)):
        raise _failed("It has changed since you read it. Read it again, then repeat your change.")
    if forbidden is not None and present is not None and matches(forbidden, present, weak=True):
        raise _failed("It exists already.")
    return {}


def as_failed_precondition(error: Conflict, extra: dict[str, Any]) -> Exception:
    """The conflict that a stale If-Match led to, as 412; any other conflict stays what it is."""
    if "if_revision" not in extra:
        return error
    return HttpProblem(412, error.code, error.detail, fields=error.fields)


def _present_tag(endpoint: "OperationEndpoint", request: HttpRequest) -> str | None:
    found = endpoint.gateway.router.find(request.path)
    reader = found[0].endpoints.get("GET") if found else None
    if reader is None:
        raise _failed("What is here has no tag to compare with.")
    look = HttpRequest("GET", request.path, body=EMPTY_BODY, scheme=request.scheme)
    look.params, look.session = request.params, request.session
    look.context = endpoint.gateway.child_context(request.context)
    try:
        return reader(look).header("ETag")
    except NotFound:
        return None


def _plain(candidate: str, weak: bool) -> str:
    """A tag without the mark of the coding that it travelled in; a weak one only where that is enough."""
    tag = candidate.strip()
    if tag.startswith("W/"):
        tag = tag[2:] if weak else ""
    for coding in CODINGS:
        if tag.endswith(f'{coding}"'):
            return f'{tag[: -len(coding) - 1]}"'
    return tag


def _failed(detail: str) -> HttpProblem:
    return HttpProblem(412, "precondition_failed", detail)
