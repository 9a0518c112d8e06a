"""Pods in network namespaces of their own on one bridge, as a node's network plugin makes them.

Cluster number N has the addresses 10.N.0.0/16: pods below 10.N.128.0, services from there on.
"""

import asyncio
import subprocess
from itertools import count
from pathlib import Path

FIRST, LAST = 80, 120


class Network:
    """The addresses of one cluster; its bridge is the machine's own foot in it."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.bridge = f"azora{number}"
        self.gateway = f"10.{number}.0.1"
        self.services = f"10.{number}.128.0/24"

    @classmethod
    def new(cls) -> "Network":
        """The first whose number no other cluster of this machine has."""
        for number in range(FIRST, LAST):
            network = cls(number)
            if not Path(f"/sys/class/net/{network.bridge}").exists():
                network.make()
                return network
        raise OSError("every private network of this machine is taken")

    def make(self) -> None:
        # An address of its own: else it takes a pod's, and all lose it when that pod goes.
        address = ("address", f"02:00:00:00:00:{self.number:02x}")
        _run("ip", "link", "add", self.bridge, *address, "type", "bridge")
        self.give(self.gateway, bits=16)
        _run("ip", "link", "set", self.bridge, "up")

    def give(self, address: str, bits: int = 32) -> None:
        """Let the machine itself answer at this address of the cluster."""
        _run("ip", "address", "replace", f"{address}/{bits}", "dev", self.bridge)

    def take(self, address: str) -> None:
        subprocess.run(
            ["ip", "address", "del", f"{address}/32", "dev", self.bridge], capture_output=True
        )

    def remove(self) -> None:
        """Take the bridge, every namespace and every cable of this cluster away."""
        for path in Path("/sys/class/net").glob(f"az{self.number}n*"):
            _run("ip", "link", "del", path.name)
        for path in Path("/run/netns").glob(f"{self.bridge}-*"):
            _run("ip", "netns", "del", path.name)
        _run("ip", "link", "del", self.bridge)


class PodNetwork:
    """The namespaces of one node's pods."""

    def __init__(self, network: Network, node: int) -> None:
        self._network, self._node = network, node
        self._numbers = count(2)

    async def make(self) -> tuple[str, str]:
        """A namespace with an address of its own: its path and that address."""
        host = next(self._numbers)
        name = f"{self._network.bridge}-{self._node}-{host}"
        address = f"10.{self._network.number}.{self._node + host // 250}.{host % 250 + 2}"
        outside = f"az{self._network.number}n{self._node}p{host}"
        inside = ("ip", "-n", name)
        for command in (
            ("ip", "netns", "add", name),
            ("ip", "link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", name),
            ("ip", "link", "set", outside, "master", self._network.bridge, "up"),
            (*inside, "address", "add", f"{address}/16", "dev", "eth0"),
            (*inside, "link", "set", "eth0", "up"),
            (*inside, "link", "set", "lo", "up"),
            (*inside, "route", "add", "default", "via", self._network.gateway),
        ):
            await asyncio.to_thread(_run, *command)
        return f"/run/netns/{name}", address

    async def remove(self, path: str) -> None:
        await asyncio.to_thread(_run, "ip", "netns", "del", Path(path).name)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
