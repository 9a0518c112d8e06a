"""One container: a process in its pod's network and in a root file system of its own.

That root is the machine's, with an overlay in memory above it and the pod's volumes bound into it, so
an image is nothing but an environment that is installed here.
"""

import asyncio
import ctypes
import os
import shlex
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_DEATH_SIGNAL = 1
_ENTER = """\
set -e
hostname "$HOSTNAME"
mount --make-rprivate /
mount -t tmpfs tmpfs {work}
mkdir {work}/upper {work}/work {work}/root
mount -t overlay overlay -o lowerdir=/,upperdir={work}/upper,workdir={work}/work {work}/root
for each in proc dev sys; do mount --rbind /$each {work}/root/$each; done
{mounts}
mount --bind {hosts} {work}/root/etc/hosts
rm -f {work}/root/etc/resolv.conf
: >{work}/root/etc/resolv.conf
{lock}
cd {work}/root
exec chroot {work}/root sh -c 'cd {cwd}; exec "$@"' sh "$@"
"""


@dataclass(frozen=True)
class Mount:
    """A folder of the node that a container sees at `path`."""

    source: Path
    path: str
    read_only: bool


@dataclass
class Box:
    """What a container runs in."""

    namespace: str
    hosts: Path
    work: Path
    log: Path
    environment: dict[str, str]
    mounts: list[Mount] = field(default_factory=list)
    directory: str = "/"
    read_only: bool = False

    def script(self) -> str:
        root = self.work / "root"
        lines = []
        for mount in self.mounts:
            target = shlex.quote(f"{root}{mount.path}")
            lines.append(f"mkdir -p {target} && mount --bind {mount.source} {target}")
            if mount.read_only:
                lines.append(f"mount -o remount,bind,ro {target}")
        return _ENTER.format(
            work=self.work,
            hosts=self.hosts,
            mounts="\n".join(lines),
            lock=f"mount -o remount,ro {root}" if self.read_only else "",
            cwd=shlex.quote(self.directory),
        )


class Process:
    """A started container; it dies with the node that started it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.pid = process.pid
        self.started = time.time()

    @classmethod
    async def start(cls, box: Box, command: list[str]) -> "Process":
        """Run the command in the box; what it prints goes to the end of the box's log."""
        box.work.mkdir(parents=True, exist_ok=True)
        enter = ["nsenter", f"--net={box.namespace}", "unshare", "--mount", "--uts"]
        with box.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *(*enter, "sh", "-c", box.script(), "sh", *command),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=box.environment,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        return cls(process)

    async def wait(self) -> int:
        """Its exit code, as a shell tells it: 128 and the signal for a killed one."""
        code = await self._process.wait()
        return code if code >= 0 else 128 - code

    def send(self, number: signal.Signals) -> None:
        """A signal to it and to every child of its group."""
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            pass


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)


def terminated(process: Process, code: int) -> dict[str, Any]:
    """The state of a container that has ended."""
    return {
        "terminated": {
            "exitCode": code,
            "reason": "Completed" if code == 0 else "Error",
            "startedAt": stamp(process.started),
            "finishedAt": stamp(time.time()),
        }
    }


def stamp(moment: float) -> str:
    """A moment as Kubernetes writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
