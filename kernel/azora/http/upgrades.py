"""WebSocket: the gateway shakes hands (RFC 6455, 4.2), then hands the connection over to another protocol.

Who asks, from which site, and whether they may is settled before, as for every request.
"""

import base64
import binascii
from collections.abc import Callable
from hashlib import sha1
from typing import TYPE_CHECKING

from azora.http.access import require
from azora.http.exchange import HttpProblem, HttpRequest, HttpResponse

if TYPE_CHECKING:
    from azora.http.origins import Origins
    from azora.http.router import Endpoint
    from azora.tls.stream import Stream

WEBSOCKET = "websocket"
_FRAMED = {"content-length", "transfer-encoding"}
_VERSION = "13"
_MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

Take = Callable[["Stream", bytes, HttpRequest], None]
"""Speaks the other protocol until that has ended; the bytes are what has come already."""


def websocket(origins: "Origins", take: Take, permission: str | None = None) -> "Endpoint":
    """An endpoint for `GET` that upgrades to WebSocket. Raises HttpProblem 400, 403 or 426."""

    def endpoint(request: HttpRequest) -> HttpResponse:
        require(permission, request)
        origins.refuse_foreign(request)
        accepted = _accepted(request)
        headers = [
            ("Upgrade", WEBSOCKET),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Accept", accepted),
        ]
        response = HttpResponse(101, b"", headers)
        response.take = lambda stream, early: take(stream, early, request)
        return response

    return endpoint


def _accepted(request: HttpRequest) -> str:
    """The answer to the client's key, which shows that its handshake was understood."""
    if not request.upgradable or request.headers.get("upgrade", "").lower() != WEBSOCKET:
        raise _upgrade_required("Here is a WebSocket; ask for an upgrade to it.")
    if request.headers.get("sec-websocket-version") != _VERSION:
        raise _upgrade_required(f"This server speaks version {_VERSION} of the WebSocket protocol.")
    if _FRAMED & request.headers.keys():
        raise HttpProblem(400, "body_not_expected", "A handshake has no body.")
    key = request.headers.get("sec-websocket-key", "")
    try:
        whole = len(base64.b64decode(key, validate=True)) == 16
    except binascii.Error:
        whole = False
    if not whole:
        raise HttpProblem(400, "malformed_request", "Sec-WebSocket-Key is not 16 bytes in Base64.")
    return base64.b64encode(
        sha1(f"{key}{_MAGIC}".encode(), usedforsecurity=False).digest()
    ).decode()


def _upgrade_required(detail: str) -> HttpProblem:
    headers = [
        ("Upgrade", WEBSOCKET),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Version", _VERSION),
    ]
    return HttpProblem(426, "upgrade_required", detail, headers=headers)
