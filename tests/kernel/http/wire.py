"""A client that reads what the server wrote, without any kindness of its own."""

import http.client
import json
import socket
from dataclasses import dataclass
from typing import Any

from azora.http import Gateway


@dataclass
class Answer:
    """A response as it came."""

    status: int
    headers: dict[str, str]
    body: bytes
    cookies: list[str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def __getitem__(self, name: str) -> str | None:
        return self.headers.get(name.lower())


class Wire:
    """Talks to one server."""

    def __init__(self, gateway: Gateway, address: str) -> None:
        self.gateway = gateway
        self.runtime = gateway.runtime
        self.address = address
        host, _, port = address.rpartition(":")
        self.host, self.port = host, int(port)

    def request(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """One request on a connection of its own; a body that is no bytes is sent as JSON."""
        headers = dict(headers or {})
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection(self.host, self.port, timeout=10)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            content = response.read()
            names = {name.lower(): response.getheader(name) for name, _ in response.getheaders()}
            cookies = [
                value for name, value in response.getheaders() if name.lower() == "set-cookie"
            ]
            return Answer(response.status, names, content, cookies)
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, None, _dashed(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.request("POST", path, body, _dashed(headers))

    def raw(self, content: bytes, *, timeout: float = 5.0) -> bytes:
        """Send bytes as they are; all that comes back until the server closes or is silent."""
        with socket.create_connection((self.host, self.port), timeout=timeout) as peer:
            peer.sendall(content)
            return read_all(peer)

    def connect(self) -> socket.socket:
        """A connection of the caller's own."""
        return socket.create_connection((self.host, self.port), timeout=10)


def read_all(peer: socket.socket) -> bytes:
    """What comes until the server closes; what has come, where it stays open."""
    received = b""
    try:
        while piece := peer.recv(65_536):
            received += piece
    except (TimeoutError, ConnectionResetError):
        pass
    return received


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
