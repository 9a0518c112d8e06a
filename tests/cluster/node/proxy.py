"""`python -m tests.cluster.node.proxy …`: Services by name and address, by following EndpointSlices.

An endpoint at the machine's own address stands for a server on its loopback interface.
"""

import argparse
import asyncio
import contextlib
import os
import random
import signal
from collections import defaultdict
from pathlib import Path

from tests.cluster.node.api import Api, Object
from tests.cluster.node.network import Network

Door = tuple[str, int]
"""The address and port of a Service."""


class Proxy:
    """Listens where Services are and hands each connection to a ready endpoint."""

    def __init__(self, api: Api, network: Network, hosts: Path) -> None:
        self._api, self._network, self._hosts = api, network, hosts
        self._slices: dict[str, Object] = {}
        self._doors: dict[Door, asyncio.Server] = {}
        self._targets: dict[Door, tuple[str, str, str]] = {}

    async def run(self) -> None:
        """Until it is cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follow_slices())
            group.create_task(self._follow_services())
            group.create_task(_end_with_parent())

    async def _follow_slices(self) -> None:
        async for slices in self._api.follow("/apis/discovery.k8s.io/v1/endpointslices"):
            self._slices = slices

    async def _follow_services(self) -> None:
        async for services in self._api.follow("/api/v1/services"):
            placed = [s for s in services.values() if s["spec"].get("clusterIP", "None") != "None"]
            self._targets = {
                (service["spec"]["clusterIP"], port["port"]): (
                    service["metadata"]["namespace"],
                    service["metadata"]["name"],
                    port.get("name", ""),
                )
                for service in placed
                for port in service["spec"].get("ports", ())
            }
            await self._open_and_close()
            self._write_hosts(placed)

    async def _open_and_close(self) -> None:
        for door in self._doors.keys() - self._targets.keys():
            self._doors.pop(door).close()
            if door[0] not in {address for address, _ in self._targets}:
                await asyncio.to_thread(self._network.take, door[0])
        for address, port in self._targets.keys() - self._doors.keys():
            await asyncio.to_thread(self._network.give, address)
            self._doors[address, port] = await asyncio.start_server(self._serve, address, port)

    def _write_hosts(self, services: list[Object]) -> None:
        """Every namespace's own names; written in place, for the files are bound into containers."""
        lines: dict[str, list[str]] = defaultdict(lambda: ["127.0.0.1 localhost"])
        for service in services:
            meta, address = service["metadata"], service["spec"]["clusterIP"]
            whole = f"{meta['name']}.{meta['namespace']}"
            lines[meta["namespace"]].append(f"{address} {meta['name']}")
            lines["*"].append(f"{address} {whole} {whole}.svc {whole}.svc.cluster.local")
        for namespace in {*lines, *(path.name for path in self._hosts.iterdir())} - {"*"}:
            everybody = lines["*"][1:]
            (self._hosts / namespace).write_text("\n".join(lines[namespace] + everybody) + "\n")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        door = writer.get_extra_info("sockname")[:2]
        if (target := self._endpoint(*self._targets[door])) is None:
            writer.close()
            return
        try:
            there, back = await asyncio.open_connection(*target)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_pour(reader, back), _pour(there, writer))

    def _endpoint(self, namespace: str, service: str, port: str) -> Door | None:
        """The address and port of one ready endpoint, taken at random."""
        found = []
        for each in self._slices.values():
            label = each["metadata"].get("labels", {}).get("kubernetes.io/service-name")
            if (each["metadata"]["namespace"], label) != (namespace, service):
                continue
            numbers = [p["port"] for p in each.get("ports") or () if p.get("name", "") == port]
            for endpoint in each.get("endpoints") or ():
                if endpoint.get("conditions", {}).get("ready", True):
                    found += [(a, n) for a in endpoint["addresses"] for n in numbers]
        if not found:
            return None
        address, number = random.choice(found)
        return ("127.0.0.1" if address == self._network.gateway else address), number


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()


async def _end_with_parent() -> None:
    parent = os.getppid()
    while os.getppid() == parent:
        await asyncio.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


async def main(given: argparse.Namespace) -> None:
    """Be the proxy until SIGTERM."""
    given.hosts.mkdir(parents=True, exist_ok=True)
    api = Api(given.server, given.token)
    running = asyncio.create_task(Proxy(api, Network(given.network), given.hosts).run())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await running
    await api.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--network", type=int, required=True)
    parser.add_argument("--hosts", type=Path, required=True)
    asyncio.run(main(parser.parse_args()))
