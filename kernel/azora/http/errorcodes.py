"""Every error code that the kernel answers with: what it means, why it comes, what to do."""

from html import escape
from typing import Any, NamedTuple


class ErrorCode(NamedTuple):
    """One stable code."""

    code: str
    status: int
    cause: str
    fix: str


KERNEL_CODES = tuple(
    ErrorCode(*entry)
    for entry in [
        ("bad_request", 400, "The request cannot be taken as it is.", "Read `detail` and change the request."),
        ("malformed_json", 400, "The body is not valid JSON in UTF-8.", "Check it with a JSON parser; NaN and Infinity are not JSON."),
        ("malformed_request", 400, "The bytes are not a request as HTTP/1.1 says.", "Use an HTTP library; look for a proxy that changes requests."),
        ("malformed_url", 400, "The address is not percent-encoded UTF-8.", "Encode path and query as UTF-8."),
        ("malformed_multipart", 400, "The form's parts cannot be told apart.", "Let your HTTP library build multipart/form-data."),
        ("malformed_idempotency_key", 400, "The Idempotency-Key is empty, too long or not printable.", "Send a UUID."),
        ("body_not_expected", 400, "A body came where the operation takes none.", "Send the fields in the query."),
        ("form_unreadable", 400, "A form cannot be read.", "Load the page again and send it once more."),
        ("not_authenticated", 401, "The operation needs an actor and there is none.", "Sign in, or send `Authorization: Bearer <token>`."),
        ("invalid_token", 401, "The API token is unknown, expired or revoked.", "Make a new token."),
        ("unsupported_credentials", 401, "The Authorization header is not of the kind Bearer.", "Send `Authorization: Bearer <token>`."),
        ("actor.expired", 401, "The signed actor is older than it may be.", "Ask again; check the clocks of the machines."),
        ("actor.forged", 401, "The actor was not signed by this campus.", "Sign in at this campus."),
        ("not_allowed", 403, "The actor lacks the permission that `detail` names.", "Ask an administrator for a role that has it."),
        ("cross_site_request", 403, "A page of another site made the browser ask.", "Use the campus's own pages, or a token; an operator may list the origin."),
        ("form_token", 403, "The form was opened under another session.", "Load the page again and send it once more."),
        ("route_not_found", 404, "Nothing is served at this address.", "Look the address up in /api/docs."),
        ("not_found", 404, "The thing does not exist, or you may not know that it does.", "Check the id."),
        ("method_not_allowed", 405, "The address takes other verbs.", "Use one that the Allow header names."),
        ("not_in_a_batch", 406, "Files and streams do not fit into a batch.", "Ask for it alone."),
        ("request_timeout", 408, "The headers did not come in time.", "Send the request in one go."),
        ("body_too_slow", 408, "The body came too slowly.", "Send it again over a better line."),
        ("conflict", 409, "It changed in the meantime, or exists already.", "Read it again, then decide."),
        ("idempotency_key_in_use", 409, "The same request is being answered now.", "Repeat it after Retry-After."),
        ("precondition_failed", 412, "The thing is not what If-Match or If-None-Match says.", "Read it again and repeat the change with the new ETag."),
        ("too_large", 413, "The body is larger than the operation allows.", "Send less; the bound is in `detail`."),
        ("url_too_long", 414, "The address is too long.", "Shorten the query."),
        ("unsupported_media_type", 415, "The Content-Type is not taken here.", "Send application/json, or multipart/form-data for files."),
        ("unsupported_charset", 415, "The body is not UTF-8.", "Encode it as UTF-8."),
        ("range_not_satisfiable", 416, "The range begins behind the end of the file.", "Ask within the size that Content-Range names."),
        ("invalid", 422, "Some fields do not fit the model.", "`errors` names each field, its code and what is wrong."),
        ("idempotency_key_reused", 422, "The key belongs to another request.", "Take a new key for a new request."),
        ("limit_reached", 429, "A quota or a bound is used up.", "`detail` says which; ask for more, or wait."),
        ("rate_limited", 429, "Too many requests in a minute.", "Wait for Retry-After; watch the RateLimit header."),
        ("headers_too_large", 431, "The headers are too large.", "Clear the site's cookies."),
        ("internal", 500, "Something failed on our side.", "Try again; if it stays, report the trace id."),
        ("unavailable", 503, "Who should answer cannot be reached.", "Try again after Retry-After."),
        ("overloaded", 503, "The operation has too much to do.", "Try again after Retry-After."),
        ("deadline_exceeded", 504, "The answer did not come in time; whether the work was done is unknown.", "Look before you repeat it, or send an Idempotency-Key."),
        ("http_version", 505, "This server speaks HTTP/1.1.", "Use HTTP/1.1."),
    ]
)  # fmt: skip


def codes_document() -> dict[str, Any]:
    """The codes as JSON."""
    return {"codes": [code._asdict() for code in KERNEL_CODES]}


def codes_page() -> str:
    """The codes as a page; each has its own anchor, to which a problem's `type` leads."""
    rows = "".join(
        f'<tr id="{escape(entry.code)}"><td><code>{escape(entry.code)}</code><td>{entry.status}'
        f"<td>{escape(entry.cause)}<td>{escape(entry.fix)}"
        for entry in KERNEL_CODES
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Error codes</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/api/docs/try.css">'
        "<main><h1>Error codes</h1><p>Every error is an RFC 9457 problem whose <code>code</code> stays the "
        "same. A plugin's own codes begin with its name and share the status of their kind.</p>"
        '<div class="scroll" tabindex="0" role="region" aria-label="Error codes"><table><thead><tr>'
        '<th scope="col">Code<th scope="col">Status<th scope="col">Cause<th scope="col">What to do'
        f"<tbody>{rows}</table></div><p><a href=/api/docs>All operations</a></main></html>"
    )
