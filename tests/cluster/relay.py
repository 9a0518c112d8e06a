"""A way to the API server that can be cut: connections stay open, and nothing comes through any more."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from tests.cluster.cluster import ROOT

from azora.testing.servers import Server, listens


class Relay(Server):
    """Listens at `port`, and passes everything on to another port of this machine."""

    name = "relay"

    def __init__(self, target: int) -> None:
        super().__init__()
        self._target = target

    def command(self) -> Sequence[str]:
        return [sys.executable, "-m", "tests.cluster.relay", str(self.port), str(self._target)]

    def environment(self) -> dict[str, str]:
        return os.environ | {"PYTHONPATH": str(ROOT)}

    def answers(self) -> bool:
        return listens(self.port)

    def silence(self) -> None:
        """Let no more through on the connections that there are; new ones work."""
        self._say(signal.SIGUSR1)

    def cut(self) -> None:
        """Let nothing through any more, on connections of before and of later."""
        self._say(signal.SIGUSR2)

    def mend(self) -> None:
        """New connections work again."""
        self._say(signal.SIGHUP)

    def _say(self, what: signal.Signals) -> None:
        assert self.process is not None
        os.kill(self.process.pid, what)


@dataclass
class Connection:
    """While it is silent, whatever comes is swallowed."""

    silent: bool

    async def carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        """Pass on what comes, until there is no more."""
        with contextlib.suppress(OSError):
            while said := await source.read(65536):
                if not self.silent:
                    target.write(said)
                    await target.drain()
        if not self.silent:
            target.close()


class Relaying:
    """The process."""

    def __init__(self, target: int) -> None:
        self._target, self._cut = target, False
        self._connections: list[Connection] = []

    async def run(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR1, self._silence)
        loop.add_signal_handler(signal.SIGUSR2, self._silence, True)
        loop.add_signal_handler(signal.SIGHUP, setattr, self, "_cut", False)
        async with await asyncio.start_server(self._accept, "127.0.0.1", port) as server:
            await server.serve_forever()

    def _silence(self, cut: bool = False) -> None:
        self._cut = self._cut or cut
        for each in self._connections:
            each.silent = True

    async def _accept(self, asked: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        connection = Connection(silent=self._cut)
        self._connections.append(connection)
        told, ask = await asyncio.open_connection("127.0.0.1", self._target)
        await asyncio.gather(connection.carry(asked, ask), connection.carry(told, answer))


if __name__ == "__main__":
    asyncio.run(Relaying(int(sys.argv[2])).run(int(sys.argv[1])))
