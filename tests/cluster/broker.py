"""A private RabbitMQ whose management API answers, as a campus in production has it."""

import urllib.request

from azora.testing.rabbitmq import RabbitMQ
from azora.testing.servers import free_port


class ManagedRabbitMQ(RabbitMQ):
    """`management` is the URL of its management API, with user and password."""

    def __init__(self) -> None:
        self._web = free_port()
        super().__init__()

    @property
    def management(self) -> str:
        return f"http://guest:guest@127.0.0.1:{self._web}"

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._web}/", timeout=2):
                return super().answers()
        except OSError:
            return False

    def _prepare(self) -> None:
        super()._prepare()
        (self.directory / "plugins").write_text("[rabbitmq_management].\n")
        with (self.directory / "rabbitmq.conf").open("a") as file:
            file.write(f"management.tcp.port = {self._web}\nmanagement.tcp.ip = 127.0.0.1\n")
