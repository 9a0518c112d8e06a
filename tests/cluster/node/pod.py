"""One pod of this node, from its network to its end: containers, probes, restarts, termination."""

import asyncio
import contextlib
import shutil
import signal
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cluster.node import probes
from tests.cluster.node.api import Api, ApiError, Object
from tests.cluster.node.container import Box, Mount, Process, stamp, terminated
from tests.cluster.node.environment import ConfigError, Given
from tests.cluster.node.network import PodNetwork
from tests.cluster.node.status import ContainerState, pod_status

Images = dict[str, list[str]]
"""Image → the folder of executables that it stands for, and what else they need to see."""

_FIRST_PAUSE, _LONGEST_PAUSE, _LONG_ENOUGH = 0.3, 10.0, 30.0


class Pod:
    """Runs until the pod is deleted; `show` tells it of a newer version of its object."""

    def __init__(
        self, api: Api, pod: Object, network: PodNetwork, images: Images, folder: Path, hosts: Path
    ) -> None:
        self._api, self._pod, self._network, self._images = api, pod, network, images
        meta = pod["metadata"]
        self._path = f"/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}"
        self._folder = folder / f"{meta['namespace']}_{meta['name']}_{meta['uid']}"
        self._folder.mkdir(parents=True)
        self._hosts = hosts
        self._address = self._namespace = ""
        self._init = _states(pod, "initContainers")
        self._states = _states(pod, "containers")
        self._running: dict[str, Process] = {}
        self._dirty, self._deleted = asyncio.Event(), asyncio.Event()

    def show(self, pod: Object) -> None:
        self._pod = pod
        if "deletionTimestamp" in pod["metadata"]:
            self._deleted.set()

    def vanish(self) -> None:
        """Its object is gone already: end at once."""
        self._pod["metadata"]["deletionGracePeriodSeconds"] = 0
        self._deleted.set()

    async def live(self) -> None:
        """From its start to its deletion."""
        reporting = asyncio.create_task(self._report())
        working = asyncio.create_task(self._work())
        for task in (reporting, working):
            task.add_done_callback(_say_what_failed)
        try:
            await self._deleted.wait()
            await self._terminate()
        finally:
            for process in self._running.values():
                process.send(signal.SIGKILL)
            working.cancel()
            reporting.cancel()
            await asyncio.gather(working, reporting, return_exceptions=True)
            await self._clear()
        with contextlib.suppress(ApiError):
            uid = {"uid": self._pod["metadata"]["uid"]}
            await self._api.delete(self._path, {"gracePeriodSeconds": 0, "preconditions": uid})

    async def _work(self) -> None:
        """First the init containers in turn, then the others together."""
        self._namespace, self._address = await self._network.make()
        self._dirty.set()
        spec = self._pod["spec"]
        policy = spec.get("restartPolicy", "Always")
        for container, state in zip(spec.get("initContainers", ()), self._init, strict=True):
            once = "OnFailure" if policy == "Always" else policy
            await self._run(container, state, once)
            if state.exit_code:
                return
        pairs = zip(spec["containers"], self._states, strict=True)
        await asyncio.gather(*(self._run(*pair, policy) for pair in pairs))

    async def _run(self, container: Object, state: ContainerState, policy: str) -> None:
        """Run a container as often as its policy asks, with growing pauses."""
        pause = _FIRST_PAUSE
        while True:
            try:
                process = await self._start(container)
            except ConfigError as error:
                reason = {"reason": "CreateContainerConfigError", "message": str(error)}
                await self._wait(state, reason, 1.0)
                continue
            except LookupError as error:
                await self._wait(state, {"reason": "ErrImagePull", "message": str(error)}, 0.5)
                await self._wait(state, {"reason": "ImagePullBackOff", "message": str(error)}, 1.5)
                continue
            code = await self._attend(process, container, state)
            state.state = terminated(process, code)
            at_end = policy == "Never" or (policy == "OnFailure" and code == 0)
            if at_end or self._deleted.is_set():
                state.finished = True
                self._dirty.set()
                return
            state.last, state.restarts = state.state, state.restarts + 1
            if time.time() - process.started > _LONG_ENOUGH:
                pause = _FIRST_PAUSE
            message = f"back-off {pause:g} s restarting a container that ended with {code}"
            await self._wait(state, {"reason": "CrashLoopBackOff", "message": message}, pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _start(self, container: Object) -> Process:
        if container["image"] not in self._images:
            raise LookupError(f"{container['image']}: not found")
        executables, *folders = self._images[container["image"]]
        given = Given(self._api, self._pod, self._address, self._folder)
        inherited = {"PATH": f"{executables}:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/tmp"}
        security = container.get("securityContext", {})
        name = container["name"]
        box = Box(
            namespace=self._namespace,
            hosts=self._hosts,
            work=self._folder / "work" / name,
            log=self._folder / f"{name}.log",
            environment=inherited | await given.environment(container),
            mounts=[
                *await given.mounts(container),
                *(Mount(Path(folder), folder, read_only=True) for folder in folders),
            ],
            directory=container.get("workingDir", "/"),
            read_only=security.get("readOnlyRootFilesystem", False),
        )
        command = [*container.get("command", ()), *container.get("args", ())]
        process = await Process.start(box, command)
        (self._folder / f"{name}.pid").write_text(str(process.pid))
        self._running[name] = process
        return process

    async def _attend(self, process: Process, container: Object, state: ContainerState) -> int:
        """Probe a running container until it ends; its exit code."""
        state.state = {"running": {"startedAt": stamp(process.started)}}
        self._dirty.set()
        probing = asyncio.create_task(self._probe(process, container, state))
        probing.add_done_callback(_say_what_failed)
        try:
            return await process.wait()
        finally:
            probing.cancel()
            await asyncio.gather(probing, return_exceptions=True)
            self._running.pop(container["name"], None)
            state.ready = state.started = False

    async def _probe(self, process: Process, container: Object, state: ContainerState) -> None:
        def watched(kind: str, told: Callable[[bool], None], *, good: bool) -> Any:
            probe = container[kind]
            check = lambda: probes.succeeds(probe, self._address, ports, process.pid)  # noqa: E731
            return probes.watch(probe, check, told, good=good)

        def begun(good: bool) -> None:
            started.set() if good else process.send(signal.SIGKILL)

        def ready(good: bool) -> None:
            state.ready = good
            self._dirty.set()

        ports = {p["name"]: p["containerPort"] for p in container.get("ports", ()) if "name" in p}
        started = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            if "startupProbe" in container:
                group.create_task(watched("startupProbe", begun, good=False))
                await started.wait()
            state.started = True
            if "livenessProbe" in container:
                unwell = lambda good: None if good else process.send(signal.SIGTERM)  # noqa: E731
                group.create_task(watched("livenessProbe", unwell, good=True))
            if "readinessProbe" in container:
                group.create_task(watched("readinessProbe", ready, good=False))
            else:
                ready(good=True)

    async def _wait(self, state: ContainerState, reason: dict[str, str], seconds: float) -> None:
        state.state = {"waiting": reason}
        self._dirty.set()
        await asyncio.sleep(seconds)

    async def _terminate(self) -> None:
        """SIGTERM, the grace, SIGKILL."""
        grace = self._pod["metadata"].get("deletionGracePeriodSeconds", 30)
        processes = list(self._running.values())
        for process in processes:
            process.send(signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(grace):
                await asyncio.gather(*(process.wait() for process in processes))
        for process in [*processes, *self._running.values()]:
            process.send(signal.SIGKILL)

    async def _clear(self) -> None:
        if self._namespace:
            await self._network.remove(self._namespace)
        shutil.rmtree(self._folder / "work", ignore_errors=True)

    async def _report(self) -> None:
        """Tell the API server whenever something has changed."""
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            status = pod_status(self._pod, self._address, self._init, self._states)
            try:
                self._pod["status"] = (
                    await self._api.patch(f"{self._path}/status", {"status": status})
                )["status"]
            except ApiError:
                self._dirty.set()
                await asyncio.sleep(0.2)


def _say_what_failed(task: asyncio.Task[None]) -> None:
    """A fault of this agent itself goes into its log."""
    if not task.cancelled() and (error := task.exception()):
        traceback.print_exception(error)


def _states(pod: Object, kind: str) -> list[ContainerState]:
    return [ContainerState(c["name"], c["image"]) for c in pod["spec"].get(kind, ())]
