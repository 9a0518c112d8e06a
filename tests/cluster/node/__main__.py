"""`python -m tests.cluster.node …`: a node of a test's cluster, whose containers are processes here."""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import time
from pathlib import Path

from tests.cluster.node.api import Api, ApiError
from tests.cluster.node.container import stamp
from tests.cluster.node.network import Network, PodNetwork
from tests.cluster.node.pod import Images, Pod

_HEARTBEAT = 1.0
_ROOM = {"cpu": "64", "memory": "64Gi", "pods": "500", "ephemeral-storage": "64Gi"}


class Node:
    """Registers itself, renews its lease, and runs the pods that the scheduler gives it."""

    def __init__(
        self, api: Api, name: str, network: PodNetwork, images: Images, folder: Path, address: str
    ) -> None:
        self._api, self._name, self._network, self._images = api, name, network, images
        self._folder, self._address = folder, address
        self._pods: dict[str, Pod] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Until it is cancelled."""
        await self._register()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._renew())
            group.create_task(self._follow())

    async def stop(self) -> None:
        """End every pod at once, as a machine that is switched off."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _follow(self) -> None:
        async for pods in self._api.follow("/api/v1/pods", f"spec.nodeName={self._name}"):
            for uid, pod in pods.items():
                if uid not in self._tasks:
                    self._begin(uid, pod)
                if uid in self._pods:
                    self._pods[uid].show(pod)
            for uid in self._pods.keys() - pods.keys():
                self._pods[uid].vanish()

    def _begin(self, uid: str, pod: dict) -> None:
        hosts = self._hosts(pod["metadata"]["namespace"])
        self._pods[uid] = Pod(
            self._api, pod, self._network, self._images, self._folder / "pods", hosts
        )
        self._tasks[uid] = asyncio.create_task(self._pods[uid].live())
        self._tasks[uid].add_done_callback(lambda _: self._pods.pop(uid, None))

    def _hosts(self, namespace: str) -> Path:
        """The file of names that the proxy keeps for a namespace."""
        path = self._folder.parent / "hosts" / namespace
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        return path

    async def _register(self) -> None:
        facts = ("architecture", "bootID", "containerRuntimeVersion", "kernelVersion")
        facts += ("kubeProxyVersion", "kubeletVersion", "machineID", "operatingSystem")
        facts += ("osImage", "systemUUID")
        meta = {"name": self._name, "labels": {"kubernetes.io/hostname": self._name}}
        node = {"apiVersion": "v1", "kind": "Node", "metadata": meta}
        with contextlib.suppress(ApiError):
            await self._api.post("/api/v1/nodes", node)
        status = {
            "capacity": _ROOM,
            "allocatable": _ROOM,
            "addresses": [{"type": "InternalIP", "address": self._address}],
            "nodeInfo": dict.fromkeys(facts, ""),
            "conditions": [self._ready()],
        }
        await self._api.patch(f"/api/v1/nodes/{self._name}/status", {"status": status})

    def _ready(self) -> dict[str, str]:
        now = stamp(time.time())
        moments = {"lastHeartbeatTime": now, "lastTransitionTime": now}
        return {"type": "Ready", "status": "True", "reason": "Up", "message": "", **moments}

    async def _renew(self) -> None:
        """Keep the lease: without it the node counts as lost after some seconds."""
        leases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
        parent = os.getppid()
        while os.getppid() == parent:
            now = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime())
            spec = {"holderIdentity": self._name, "renewTime": now, "leaseDurationSeconds": 8}
            try:
                await self._api.patch(f"{leases}/{self._name}", {"spec": spec})
            except ApiError:
                with contextlib.suppress(ApiError):
                    await self._api.post(leases, {"metadata": {"name": self._name}, "spec": spec})
            await asyncio.sleep(_HEARTBEAT)
        os.kill(os.getpid(), signal.SIGTERM)


async def main(given: argparse.Namespace) -> None:
    """Be the node until SIGTERM."""
    api = Api(given.server, given.token)
    network = Network(given.network)
    node = Node(
        api,
        given.name,
        PodNetwork(network, given.number),
        json.loads(given.images),
        given.folder,
        network.gateway,
    )
    running = asyncio.create_task(node.run())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await running
    finally:
        await node.stop()
        await api.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--number", type=int, default=0)
    parser.add_argument("--network", type=int, required=True)
    parser.add_argument(
        "--images", required=True, help='JSON: {"image": ["folder/bin", "folder", …]}'
    )
    parser.add_argument("--folder", type=Path, required=True)
    asyncio.run(main(parser.parse_args()))
