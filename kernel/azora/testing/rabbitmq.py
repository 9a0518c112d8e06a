"""A private RabbitMQ node with an epmd of its own, so that it disturbs no other Erlang here."""

import glob
import os
import secrets
import subprocess

from azora.testing.forks import Process
from azora.testing.parts import executable
from azora.testing.servers import Server, free_port, receives, wait_until

_CONFIGURATION = """\
listeners.tcp.1 = 127.0.0.1:{port}
{more}
log.console = true
log.console.level = warning
log.file = false
vm_memory_high_watermark.absolute = 512MB
disk_free_limit.absolute = 50MB
"""

_CLUSTER = """
cluster_formation.peer_discovery_backend = classic_config
cluster_formation.classic_config.nodes.1 = {first}
cluster_formation.classic_config.nodes.2 = {own}
"""


class RabbitMQ(Server):
    """The broker; `new_vhost()` gives each campus one of its own.

    It answers at `address` too, where one is given; one that is `beside` another is a node of its cluster.
    """

    name = "rabbitmq"

    def __init__(self, address: str | None = None, beside: "RabbitMQ | None" = None) -> None:
        self._server = executable("rabbitmq")
        super().__init__()
        self._address = address
        self._beside = beside
        self._epmd: Process | None = None
        self._epmd_port: int = beside._epmd_port if beside else free_port()
        self._cookie: str = beside._cookie if beside else secrets.token_hex(16)
        self._distribution_port = free_port()
        self._prepare()

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def new_vhost(self) -> str:
        """The URL of a virtual host that nobody else uses."""
        name = f"campus-{secrets.token_hex(4)}"
        self.control("add_vhost", name)
        self.control("set_permissions", "-p", name, "guest", ".*", ".*", ".*")
        return f"amqp://guest:guest@127.0.0.1:{self.port}/{name}"

    def control(self, *arguments: str) -> str:
        """What `rabbitmqctl` prints."""
        tool = os.path.join(os.path.dirname(self._server), "rabbitmqctl")
        command = [tool, "--quiet", "--node", self._node, *arguments]
        done = subprocess.run(command, env=self.environment(), capture_output=True, text=True)
        if done.returncode:
            raise AssertionError(f"rabbitmqctl {arguments[0]}: {done.stderr or done.stdout}")
        return done.stdout

    def start(self) -> "RabbitMQ":
        if self._epmd is None and self._beside is None:
            at = ["-port", str(self._epmd_port), "-address", "127.0.0.1"]
            self._epmd = self.spawn([_epmd_of(self._server), *at])
            wait_until(lambda: receives(self._epmd_port, b"\0\1n", self._epmd_port.to_bytes(4)))
        super().start()
        self.control("await_startup", "--timeout", "60")
        return self

    def close(self) -> None:
        super().close()
        if self._epmd:
            self._epmd.kill()
            self._epmd.wait()

    def command(self) -> list[str]:
        return [self._server]

    def answers(self) -> bool:
        return receives(self.port, b"AMQP\0\0\x09\x01", b"\x01")

    def environment(self) -> dict[str, str]:
        base = self.directory
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("RABBITMQ_")}
        return inherited | {
            "HOME": str(base),
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": self._node,
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            "RABBITMQ_BASE": str(base),
            "RABBITMQ_MNESIA_BASE": str(base / "mnesia"),
            "RABBITMQ_LOG_BASE": str(base / "log"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_CONFIG_FILE": str(base / "rabbitmq"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(base / "advanced"),
            "RABBITMQ_CONF_ENV_FILE": str(base / "environment"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(base / "plugins"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(base / "generated"),
            "RABBITMQ_PID_FILE": str(base / "pid"),
            "RABBITMQ_SCHEMA_DIR": str(base / "schema"),
            "RABBITMQ_FEATURE_FLAGS_FILE": str(base / "features"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}"
            " +S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
        }

    @property
    def _node(self) -> str:
        return f"azora{self.port}@localhost"

    def _prepare(self) -> None:
        cookie = self.directory / ".erlang.cookie"
        cookie.write_text(self._cookie)
        cookie.chmod(0o400)
        (self.directory / "plugins").write_text("[].\n")
        more = "loopback_users.guest = true"
        if self._address:
            more = f"listeners.tcp.2 = {self._address}:{self.port}\nloopback_users = none"
        if self._beside:
            more += _CLUSTER.format(first=self._beside._node, own=self._node)
        configuration = _CONFIGURATION.format(port=self.port, more=more)
        (self.directory / "rabbitmq.conf").write_text(configuration)


def _epmd_of(server: str) -> str:
    """The name server of the Erlang that a broker runs on: beside it where that is no system package."""
    beside = os.path.join(os.path.dirname(server), "epmd")
    if os.path.exists(beside):
        return beside
    return max(glob.glob("/usr/lib/erlang/erts-*/bin/epmd"))
