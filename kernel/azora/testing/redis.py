"""A private Redis that keeps nothing on disk."""

from azora.testing.parts import executable
from azora.testing.servers import Server, receives


class Redis(Server):
    """The cache and session server at `url`."""

    name = "redis"

    def __init__(self) -> None:
        self._server = executable("redis")
        super().__init__()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        at = ["--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.directory)]
        return [self._server, *at, "--save", "", "--appendonly", "no"]

    def answers(self) -> bool:
        return receives(self.port, b"PING\r\n", b"+PONG")
