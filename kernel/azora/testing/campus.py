"""A real campus for tests: `azora up` as a child process in a folder of its own, in either body."""

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

import requests

from azora.cli.campus import RunningCampus, campus_settings, operator_token
from azora.testing.forks import Process, fork_server
from azora.testing.postgresql import PostgreSQL
from azora.testing.rabbitmq import RabbitMQ
from azora.testing.servers import Server, listens, wait_until

Body = Literal["embedded", "distributed"]
BODIES: tuple[Body, ...] = ("embedded", "distributed")
_AZORA = [sys.executable, "-m", "azora.command"]
T = TypeVar("T")


class Client(requests.Session):
    """An HTTP client that keeps cookies and is told paths: `client.get("/api/library/resources")`."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.trust_env = False
        self.headers["Origin"] = url

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs.setdefault("timeout", 30)
        kwargs.setdefault("allow_redirects", False)
        return super().request(method, self.url + str(url), *args, **kwargs)


class CampusProcess(Server):
    """`azora up`, which can be stopped, killed and started again on the same data.

    `command` starts another one (`azora run …`); it has started once `probe` answers 200. With `tls` it
    serves HTTPS under a certificate that it makes. Where it may be `forked` it starts a second sooner.
    """

    name = "campus"

    def __init__(
        self,
        body: Body = "embedded",
        *,
        broker: str | None = None,
        database: str | None = None,
        environment: dict[str, str] | None = None,
        options: tuple[str, ...] = (),
        command: tuple[str, ...] = ("up", "--json"),
        probe: str = "/readyz",
        tls: bool = False,
        forked: bool = False,
    ) -> None:
        super().__init__()
        self._forked = forked
        self._command, self._probe = command, probe
        self.body = body
        self.data_dir = self.directory / "data"
        self.speak(tls)
        self.broker, self.database = broker, database
        self._given = environment or {}
        self._first: tuple[str, str] | None = None
        self._passwords: dict[str, str] = {}
        self._options = [*options, "--tls"] if tls else list(options)
        if body == "distributed":
            assert broker and database, "the distributed body needs a broker and a database"
            self._options += ["--processes", "--broker", broker, "--database", database]

    def call(self, target: str, **fields: Any) -> Any:
        """The reply of `plugin.operation`, asked as the operator; JSON values."""
        token = operator_token(campus_settings(str(self.data_dir)))
        return RunningCampus(self.data_dir, token).call(target, fields)

    def azora(self, *arguments: str, input: str | None = None) -> "Finished":
        """Run another `azora` command on this campus's data."""
        return run_azora(
            *arguments, cwd=self.directory, environment=self.environment(), input=input
        )

    def speak(self, tls: bool) -> None:
        """Be asked over HTTPS or over plain HTTP from now on."""
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self.root = self.data_dir / "tls" / "ca.crt" if tls else None
        self.http = self.client()

    def client(self) -> Client:
        """A client of nobody in particular, which trusts the campus's own root where it has one."""
        client = Client(self.url)
        client.verify = str(self.root) if self.root else True
        return client

    def sign_in(self, email: str | None = None, password: str | None = None) -> Client:
        """A client that is signed in; without a name, as the administrator."""
        if email is None or password is None:
            email, password = self._administrator()
        client = self.client()
        answer = client.post("/api/identity/sessions", json={"email": email, "password": password})
        assert answer.ok, answer.text
        return client

    def as_account(self, *permissions: str, name: str = "Thandi") -> Client:
        """A client that is signed in to a new account with exactly these permissions."""
        role, email = f"test-{secrets.token_hex(6)}", f"{secrets.token_hex(6)}@campus.example"
        self.call("identity.save_role", name=role, permissions=list(permissions))
        made = self.call("identity.create_account", email=email, name=name, roles=[role])
        return self.sign_in(email, self._own_password(email, made["one_time_password"]))

    def _administrator(self) -> tuple[str, str]:
        """E-mail address and password of the first administrator, who has changed the one-time one."""
        if self._first is None:
            email, once = (self.data_dir / "first-password").read_text().split("\n")[:2]
            self._first = email, self._own_password(email, once)
        return self._first

    def _own_password(self, email: str, once: str) -> str:
        """Sign in with a one-time password and choose another, which is returned."""
        own = secrets.token_urlsafe(18)
        answer = self.sign_in(email, once).post(
            "/api/identity/password", json={"current_password": once, "new_password": own}
        )
        assert answer.ok, answer.text
        return own

    def eventually(self, predicate: Callable[[], T], seconds: float = 10.0) -> T:
        """The first true value of `predicate()`; events take their time."""
        return wait_until(predicate, seconds)

    def command(self) -> list[str]:
        at = ["--host", "127.0.0.1", "--port", str(self.port)]
        return [*_AZORA, *self._command, *at, *self._options]

    def spawn(self, command: Sequence[str], *, new_group: bool = True) -> Process:
        if not (self._forked and _is_azora(command) and fork_server().can(self.environment())):
            return super().spawn(command, new_group=new_group)
        with self.log.open("ab") as log:
            return fork_server().start(
                list(command[3:]), self.environment(), self.directory, log, log
            )

    def environment(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("AZORA_")}
        own = {"AZORA_DATA_DIR": str(self.data_dir), "AZORA_LOG_FORMAT": "json"}
        return inherited | own | self._given

    def answers(self) -> bool:
        try:
            return listens(self.port) and self.http.get(self._probe, timeout=2).status_code == 200
        except OSError:
            return False


class Finished:
    """A command that has ended: its exit code and what it printed."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


def run_azora(
    *arguments: str,
    cwd: Path,
    environment: dict[str, str] | None = None,
    input: str | None = None,
    seconds: float = 60.0,
) -> Finished:
    """Run an `azora` command to its end."""
    given = dict(os.environ) if environment is None else environment
    if input is None and fork_server().can(given):
        return _run_forked(list(arguments), cwd, given, seconds)
    done = subprocess.run(
        [*_AZORA, *arguments],
        cwd=cwd,
        env=given,
        input=input,
        capture_output=True,
        text=True,
        timeout=seconds,
    )
    return Finished(done.returncode, done.stdout, done.stderr)


def _run_forked(
    arguments: list[str], cwd: Path, environment: dict[str, str], seconds: float
) -> Finished:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = fork_server().start(arguments, environment, cwd, out, err)
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        out.seek(0), err.seek(0)
        return Finished(code, out.read().decode(), err.read().decode())


def _is_azora(command: Sequence[str]) -> bool:
    return list(command[:3]) == _AZORA


def start_campus(
    body: Body, rabbitmq: Callable[[], RabbitMQ], postgresql: Callable[[], PostgreSQL], **given: Any
) -> CampusProcess:
    """A started campus; the distributed body takes a virtual host and a database of its own."""
    if body == "distributed":
        given |= {"broker": rabbitmq().new_vhost(), "database": postgresql().new_database()}
    return CampusProcess(body, **given).start()
