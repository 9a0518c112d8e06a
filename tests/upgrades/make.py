"""Makes a campus with the code of an earlier commit, and keeps it for tests/upgrades.

    python -m tests.upgrades.make 8ede113

takes a clone of that commit, installs it under its own constraints into an environment of its own,
lives on a campus of it in each body, cuts the power, and writes
`tests/upgrades/campuses/<commit>/`: `facts.json`, `embedded.tar.xz` and `distributed.tar.xz`, whose
`dump.sql` is the PostgreSQL. What is kept is never made again: a migration must cope with it for ever.
"""

import argparse
import json
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.upgrades.life import last_import, lived, part_with, titles

from azora.testing.campus import CampusProcess
from azora.testing.postgresql import PostgreSQL
from azora.testing.rabbitmq import RabbitMQ

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PASSING = {"campus.lock", "run", "logs"}


class EarlierCampus(CampusProcess):
    """A campus of another version: whatever asks it is that version's own command, or HTTP."""

    def __init__(self, python: str, body: Any, **given: Any) -> None:
        super().__init__(body, environment={}, **given)
        self._python = python

    @property
    def first(self) -> tuple[str, str]:
        return self._administrator()

    def own_password(self, email: str, once: str) -> str:
        return self._own_password(email, once)

    def command(self) -> list[str]:
        return [self._python, *super().command()[1:]]

    def ask(self, *arguments: str) -> Any:
        """What a command with `--json` prints."""
        command = [self._python, "-m", "azora.command", *arguments, "--json"]
        at = {"cwd": self.directory, "env": self.environment()}
        done = subprocess.run(command, **at, capture_output=True, text=True, check=False)  # type: ignore[call-overload]
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout or "null")

    def call(self, target: str, **fields: Any) -> Any:
        given = {name: value for name, value in fields.items() if value is not None}
        return self.ask("call", target, "--data-json", json.dumps(given))

    def parked(self) -> list[dict[str, Any]]:
        return list(self.ask("events", "parked"))

    def with_bell(self, *, broken: bool) -> None:
        """Start again with a bell that works, or one that does not."""
        self._given["AZORA_BELL_BROKEN"] = str(broken).lower()
        self.restart()


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    given.add_argument("commit")
    commit = given.parse_args().commit
    target = HERE / "campuses" / commit
    target.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch:
        python = _installed(commit, Path(scratch))
        made: dict[str, Any] = {"commit": commit}
        made["embedded"] = _embedded(python, target / "embedded.tar.xz")
        made["distributed"] = _distributed(python, target / "distributed.tar.xz")
        made["made"] = time.time()
        (target / "facts.json").write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n")


def _installed(commit: str, scratch: Path) -> str:
    """The Python of a new environment that holds the commit and what its constraints name."""
    clone, environment = scratch / "clone", scratch / "environment"
    subprocess.run(["git", "clone", "-q", ROOT, clone], check=True)
    subprocess.run(["git", "checkout", "-q", commit], cwd=clone, check=True)
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    python = str(environment / "bin" / "python")
    wanted = ["-c", clone / "constraints.txt", "-e", f"{clone}[distributed]"]
    subprocess.run([python, "-m", "pip", "install", "-q", *wanted], check=True)
    site = next((environment / "lib").glob("python*/site-packages"))
    shutil.copytree(HERE / "bell", site, dirs_exist_ok=True)
    return python


def _embedded(python: str, archive: Path) -> dict[str, Any]:
    """The power goes while the events of an import are on their way."""
    campus = EarlierCampus(python, "embedded").start()
    try:
        facts = _days(campus)
        client = campus.sign_in(*campus.first)
        done = client.post("/api/library/imports", json=last_import())
        campus.kill()
        assert done.ok, done.text
        assert _on_their_way(campus.data_dir), "every event was handled before the power went"
        _pack(archive, campus.data_dir)
    finally:
        campus.close()
    return facts


def _distributed(python: str, archive: Path) -> dict[str, Any]:
    """The broker goes first: what is told after that stays in the outbox. Then the power."""
    broker, server = RabbitMQ().start(), PostgreSQL().start()
    database = server.new_database()
    campus = EarlierCampus(
        python, "distributed", broker=broker.new_vhost(), database=database
    ).start()
    try:
        facts = _days(campus)
        broker.close()
        campus.call("library.import_records", **last_import())
        campus.kill()
        dump = campus.data_dir / "dump.sql"
        dump.write_text(server.dump(database))
        _pack(archive, campus.data_dir)
    finally:
        campus.close()
        server.close()
        broker.close()
    return facts


def _days(campus: EarlierCampus) -> dict[str, Any]:
    facts = lived(campus)
    campus.with_bell(broken=True)
    facts["parked"] = part_with(campus)
    campus.with_bell(broken=False)
    facts["titles"] = titles(campus)
    facts["rung"] = sorted(campus.call("bell.list_rung")["resources"])
    return facts


def _on_their_way(data_dir: Path) -> int:
    """How many events wait in outboxes and inboxes."""
    count = 0
    for path in (data_dir / "db").glob("*.db"):
        with closing(sqlite3.connect(path)) as connection:
            count += connection.execute("SELECT count(*) FROM azora_outbox").fetchone()[0]
            waiting = "SELECT count(*) FROM azora_inbox WHERE state IN ('pending', 'running')"
            count += connection.execute(waiting).fetchone()[0]
    return count


def _pack(archive: Path, data_dir: Path) -> None:
    """The data folder, without what belongs to a running campus."""
    with tarfile.open(archive, "w:xz", preset=9) as packed:
        for path in sorted(data_dir.iterdir()):
            if path.name not in PASSING and not path.is_socket():
                packed.add(path, path.name, filter=_nobodys)
    shutil.rmtree(data_dir)


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return None if member.name.endswith((".log", ".control")) else member


if __name__ == "__main__":
    main()
