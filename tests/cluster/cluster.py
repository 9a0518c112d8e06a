"""A whole cluster on this machine: control plane, nodes, a proxy for Services, and kubectl."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.cluster.controlplane import TOKEN, ControlPlane
from tests.cluster.kubectl import Kubectl
from tests.cluster.node.network import Network

from azora.testing.servers import Server, wait_until

ROOT = Path(__file__).parents[2]
IMAGE = "azora.test/azora:installed"
"""The image that stands for the environment of the tests."""
EXTENDED = "azora.test/extended:1"
"""The image of the same with what a test installs in `Cluster.extended`."""


class Agent(Server):
    """A process of this folder that joins the cluster: a node, or the proxy."""

    def __init__(self, name: str, command: Sequence[str], ready: Any) -> None:
        self.name = name
        super().__init__()
        self._command, self._ready = command, ready

    def command(self) -> Sequence[str]:
        return [sys.executable, "-m", *self._command]

    def environment(self) -> dict[str, str]:
        return os.environ | {"PYTHONPATH": str(ROOT)}

    def answers(self) -> bool:
        return bool(self._ready())


class Cluster:
    """Started by `start`; `kubectl` is its administrator's, `node` what runs the pods."""

    def __init__(self, binaries: Path) -> None:
        self.binaries = binaries
        self.folder = Path(tempfile.mkdtemp(prefix="azora-cluster-"))
        self.network = Network.new()
        self.plane = ControlPlane(binaries, self.folder, self.network.services)
        self.kubectl = Kubectl(str(binaries / "kubectl"), self.plane.kubeconfig)
        self.extended = self.folder / "extended"
        installed = [str(ROOT), sys.prefix]
        self.images = {
            IMAGE: [str(Path(sys.executable).parent), *installed],
            EXTENDED: [str(self.extended / "bin"), str(self.extended), *installed],
        }
        self._agents: dict[str, Agent] = {}

    def start(self) -> "Cluster":
        try:
            self.plane.start()
            self._start(
                "proxy", ["tests.cluster.node.proxy", "--hosts", str(self.folder / "hosts")]
            )
            self.add_node("node-0")
        except AssertionError:
            self.close()
            raise
        return self

    def add_node(self, name: str) -> None:
        """Let one more node join."""
        number = len(self._agents)
        self._start(
            name,
            [
                *("tests.cluster.node", "--name", name, "--number", str(number)),
                *("--images", json.dumps(self.images), "--folder", str(self.folder / name)),
            ],
            lambda: name in self.kubectl("get", "nodes", "--no-headers"),
        )

    def extend(self, source: Path) -> None:
        """Install a distribution into the image EXTENDED."""
        site, command = self.extended / "site", self.extended / "bin" / "azora"
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
        subprocess.run([*install, "--target", str(site), str(source)], check=True)
        command.parent.mkdir(exist_ok=True)
        azora = Path(sys.executable).parent / "azora"
        command.write_text(f'#!/bin/sh\nPYTHONPATH={site} exec {azora} "$@"\n')
        command.chmod(0o755)

    def lose_node(self, name: str) -> None:
        """Cut its power: the agent and every process of its pods are gone at once."""
        self._agents.pop(name).kill()
        for path in (self.folder / name).glob("pods/*/*.pid"):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(int(path.read_text()), signal.SIGKILL)

    def pod_pid(self, pod: str, container: str) -> int:
        """The process of a container."""
        return int(self._file(pod, f"{container}.pid").read_text())

    def kill_pod(self, pod: str, container: str) -> None:
        """End a container's process as a fault would."""
        os.kill(self.pod_pid(pod, container), signal.SIGKILL)

    def log(self, pod: str, container: str) -> str:
        """What a container has printed, over all its restarts."""
        return self._file(pod, f"{container}.log").read_text(errors="replace")

    def run(self, command: list[str], namespace: str) -> str:
        """What a command prints whose kubectl is the cluster's administrator's in a namespace."""
        config = self.folder / f"{namespace}.kubeconfig"
        config.write_text(self.plane.client_config(TOKEN, namespace))
        path = f"{self.binaries}:{os.environ['PATH']}"
        environment = os.environ | {"KUBECONFIG": str(config), "PATH": path}
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def logs(self, namespace: str) -> str:
        """The ends of what all containers of a namespace have printed."""
        paths = sorted(self.folder.glob(f"*/pods/{namespace}_*/*.log"))
        return "\n".join(f"== {p}\n{p.read_text(errors='replace')[-2000:]}" for p in paths)

    def close(self) -> None:
        """Take everything away."""
        for agent in self._agents.values():
            agent.stop()
            agent.close()
        self.plane.close()
        self.network.remove()

    def _file(self, pod: str, name: str) -> Path:
        return next(self.folder.glob(f"*/pods/*_{pod}_*/{name}"))

    def _start(self, name: str, command: list[str], ready: Any = lambda: True) -> None:
        whole = [*command, "--server", self.plane.url, "--token", TOKEN]
        whole += ["--network", str(self.network.number)]
        self._agents[name] = Agent(name, whole, ready)
        self._agents[name].start()


def same(predicate: Any, value: Any, seconds: float = 20.0) -> None:
    """Wait until `predicate()` equals a value; say what it was otherwise."""
    seen: list[Any] = []

    def equal() -> bool:
        seen[:] = [predicate()]
        return seen[0] == value

    try:
        wait_until(equal, seconds)
    except AssertionError:
        raise AssertionError(f"{seen[0]!r} is not {value!r} after {seconds:g} s") from None
