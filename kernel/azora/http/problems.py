"""Errors as RFC 9457 problems: a stable code, the trace id, the fields; never a stack trace."""

import logging
from typing import Any

import orjson
from pydantic import ValidationError

from azora.errors import AzoraError, LimitReached, NotAuthenticated, Unavailable, invalid
from azora.http.exchange import REASONS, HttpProblem, HttpResponse

logger = logging.getLogger("azora.http")

PROBLEM_TYPE = "application/problem+json"


def from_validation(error: ValidationError) -> AzoraError:
    """A request that does not fit its model: 400 where it is no JSON at all, else 422."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        return HttpProblem(400, "malformed_json", f"The body is not valid JSON. {first['msg']}.")
    return invalid(error)


def as_azora_error(error: Exception, where: str, trace_id: str) -> AzoraError:
    """The error that the client may see; an unexpected one is logged and becomes `internal`."""
    if isinstance(error, AzoraError):
        return error
    logger.error("%s failed (trace %s)", where, trace_id, exc_info=error)
    return AzoraError("Something failed on our side. It is logged under the trace id.")


def problem_document(
    error: AzoraError, title: str, trace_id: str, instance: str = ""
) -> dict[str, Any]:
    """The members of the problem, in the order in which people read them."""
    document: dict[str, Any] = {
        "type": f"/api/errors#{error.code}",
        "title": title,
        "status": error.status,
        "code": error.code,
        "detail": error.detail or title,
        "trace_id": trace_id,
    }
    if instance:
        document["instance"] = instance
    if error.fields:
        document["errors"] = error.fields
    return document


def problem_response(error: AzoraError, trace_id: str, instance: str = "") -> HttpResponse:
    """The error as a response with the headers that its status asks for."""
    title = REASONS.get(error.status, "Error")
    document = problem_document(error, title, trace_id, instance)
    headers = [("Content-Type", PROBLEM_TYPE), ("Cache-Control", "no-store")]
    headers += getattr(error, "headers", [])
    if isinstance(error, NotAuthenticated):
        headers.append(("WWW-Authenticate", 'Bearer realm="azora"'))
    if isinstance(error, LimitReached) and error.retry_after is not None:
        headers.append(("Retry-After", str(max(1, round(error.retry_after)))))
    elif isinstance(error, Unavailable):
        headers.append(("Retry-After", "1"))
    return HttpResponse(error.status, orjson.dumps(document), headers, outcome=error.code)
