"""Idempotency-Key: a change that is sent twice is made once, and answered twice the same.

The response is kept in the plugin's own table `azora_idempotency` for a day, by actor, operation
and key. An operation whose reply sets a cookie is left out: its response is a secret.
"""

import re
import time
from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import orjson

from azora.http.exchange import BufferedBody, HttpProblem, HttpRequest, HttpResponse

if TYPE_CHECKING:
    from azora.data.database import PluginDatabase
    from azora.http.operation import OperationEndpoint

KEPT = 24 * 3600.0
_KEY = re.compile(r'"?([!#-\[\]-~ ]{1,200})"?')
_KEPT_HEADERS = frozenset({"Content-Type", "ETag", "Location", "Cache-Control"})


def once(
    endpoint: "OperationEndpoint", request: HttpRequest, run: Callable[[HttpRequest], HttpResponse]
) -> HttpResponse:
    """Run the change, or replay what it led to. Without the header it simply runs.

    Raises HttpProblem 409 while the first is at work, 422 for the same key with another request.
    """
    header = request.headers.get("idempotency-key")
    if header is None or endpoint.secret:  # a stored answer would hold the secret
        return run(request)
    parsed = _KEY.fullmatch(header)
    if parsed is None:
        raise HttpProblem(
            400, "malformed_idempotency_key", "The key is 1 to 200 printable characters."
        )
    record = _Record(endpoint.bound.hosted.database, _scope(endpoint, request), parsed[1])
    fingerprint = _fingerprint(endpoint, request)
    if (stored := record.claim(fingerprint, endpoint.operation.timeout)) is not None:
        return stored
    request.context.key = record.name
    try:
        response = run(request)
    except BaseException:
        record.release()
        raise
    record.keep(response)
    return response


class _Record:
    """The row of one key; a row without a status is a change at work."""

    def __init__(self, database: "PluginDatabase", scope: str, key: str) -> None:
        self._database = database
        self._row = (scope, key)
        self.name = sha256(f"{scope} {key}".encode()).hexdigest()
        """The key of the call itself, recorded with its change: a crash before `keep` repeats nothing."""

    def claim(self, fingerprint: str, timeout: float) -> HttpResponse | None:
        """None when the change is ours to make, else the response that it led to before."""
        now = time.time()
        with self._database.transaction():
            execute = self._database.execute
            execute("DELETE FROM azora_idempotency WHERE until < ?", now)
            taken = execute(
                "INSERT INTO azora_idempotency (scope, key, request, until) VALUES (?, ?, ?, ?) "
                "ON CONFLICT DO NOTHING RETURNING scope",
                *self._row, fingerprint, now + timeout + 5,
            )  # fmt: skip
            if taken:
                return None
            [found] = execute(
                "SELECT request, status, headers, body FROM azora_idempotency WHERE scope = ? AND key = ?",
                *self._row,
            )
        return _replay(fingerprint, *found)

    def keep(self, response: HttpResponse) -> None:
        """Store what the change led to; a streamed body cannot be replayed and is not kept."""
        if not isinstance(response.body, bytes):
            self.release()
            return
        headers = [pair for pair in response.headers if pair[0] in _KEPT_HEADERS]
        with self._database.transaction():
            self._database.execute(
                "UPDATE azora_idempotency SET status = ?, headers = ?, body = ?, until = ? "
                "WHERE scope = ? AND key = ?",
                response.status, orjson.dumps(headers).decode(), response.body, time.time() + KEPT, *self._row,
            )  # fmt: skip

    def release(self) -> None:
        """Nothing was changed: the key may be used again."""
        with self._database.transaction():
            self._database.execute(
                "DELETE FROM azora_idempotency WHERE scope = ? AND key = ?", *self._row
            )


def _replay(
    fingerprint: str, request: str, status: int | None, headers: str, body: Any
) -> HttpResponse:
    if request != fingerprint:
        raise HttpProblem(
            422, "idempotency_key_reused", "This key was used for another request. Take a new key."
        )
    if status is None:
        raise HttpProblem(
            409,
            "idempotency_key_in_use",
            "The same request is being answered now. Ask again in a moment.",
            headers=[("Retry-After", "1")],
        )
    pairs = [(name, value) for name, value in orjson.loads(headers)]
    return HttpResponse(status, bytes(body), [*pairs, ("Idempotency-Replayed", "true")])


def _scope(endpoint: "OperationEndpoint", request: HttpRequest) -> str:
    actor = request.context.actor
    return f"{actor.id if actor else 'visitor:' + request.remote} {endpoint.name}"


def _fingerprint(endpoint: "OperationEndpoint", request: HttpRequest) -> str:
    """A digest of the whole request; of an upload, which is not held in memory, its description."""
    digest = sha256(f"{request.path}?{request.query}\n".encode())
    if endpoint.uploads and endpoint.uploads.applies(request):
        media_type = request.media_type
        digest.update(f"{media_type} {request.body.length}".encode())
    else:
        body = request.read(endpoint.operation.max_body)
        request.body = BufferedBody(body)
        digest.update(body)
    return digest.hexdigest()
