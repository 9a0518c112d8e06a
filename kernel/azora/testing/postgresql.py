"""A private PostgreSQL cluster: quick, because nothing that it holds must survive the machine."""

import os
import secrets
import signal
import subprocess
from pathlib import Path

from azora.testing.parts import executable
from azora.testing.servers import Server


class PostgreSQL(Server):
    """The database server; `new_database()` gives each campus one of its own.

    PostgreSQL refuses to run as root: then it runs as the account that its package made.
    """

    name = "postgresql"
    account = "postgres"

    def __init__(self) -> None:
        self._programs = Path(executable("postgresql")).parent
        super().__init__()
        self._data = self.directory / "data"
        self._run(
            "initdb", "--no-sync", "-A", "trust", "-U", "azora", "-E", "UTF8", "-D", str(self._data)
        )

    def new_database(self) -> str:
        """The URL of an empty database that nobody else uses."""
        name = f"campus_{secrets.token_hex(4)}"
        self.execute(f"CREATE DATABASE {name}")
        return f"postgresql://azora@127.0.0.1:{self.port}/{name}"

    def execute(self, sql: str) -> str:
        """Run one statement as the owner of the cluster; what psql prints."""
        at = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "azora", "-d", "postgres"]
        return self._run("psql", "-XAtq", *at, "-c", sql)

    def dump(self, url: str) -> str:
        """A database as SQL that `load` takes, of any version of the tools."""
        lines = self._run("pg_dump", "--no-owner", "--no-privileges", url).splitlines(keepends=True)
        return "".join(
            line for line in lines if not line.startswith(("\\restrict", "\\unrestrict"))
        )

    def load(self, url: str, dump: str) -> None:
        """Fill an empty database with what `dump` gave."""
        quietly = ["-XAtq", "-v", "ON_ERROR_STOP=1", "-o", os.devnull]
        self._run("psql", *quietly, url, input=dump)

    def stop(self) -> None:
        """End it without waiting for its clients to leave."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        super().stop()

    def command(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.directory),
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": "200",
        }
        options = [piece for key, value in settings.items() for piece in ("-c", f"{key}={value}")]
        return [str(self._programs / "postgres"), "-D", str(self._data), *options]

    def answers(self) -> bool:
        ready = [str(self._programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(ready).returncode == 0

    def environment(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        return inherited | {"LC_ALL": "C.UTF-8", "HOME": str(self.directory)}

    def _run(self, program: str, *arguments: str, input: str | None = None) -> str:
        done = subprocess.run(
            [str(self._programs / program), *arguments],
            env=self.environment(),
            cwd=self.directory,
            input=input,
            capture_output=True,
            text=True,
            user=self.account if os.geteuid() == 0 else None,
        )
        if done.returncode:
            raise AssertionError(f"{program}: {done.stderr}")
        return done.stdout
