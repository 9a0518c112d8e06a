"""A namespace of many plugins without pods, and what an operator over them needs: time, memory, writes."""

import json
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.campus import platform, plugin, secret
from tests.cluster.cluster import ROOT, Cluster
from tests.cluster.kubectl import Kubectl
from tests.cluster.operators import Operator

from azora.testing.servers import wait_until
from benchmarks.kopf_peer import HANDLED

PATIENCE = 900.0
CHILDREN = "deployments,configmaps,serviceaccounts,networkpolicies"
_BATCH = 200


@dataclass(frozen=True)
class Figures:
    """Seconds and most megabytes of a first roll-out, and of a start over it, with what that wrote."""

    rolled_out: float
    first_mb: float
    settled: float
    again_mb: float
    writes: int


class Subject(Operator):
    """An operator under measurement: ours."""

    done = "Ready"
    """The condition of a plugin that has been rolled out."""

    def has_settled(self, said: str, plugins: int) -> bool:
        """Whether it has looked at all plugins, from what it said since it was started."""
        return '"event": "settled"' in said

    @property
    def peak(self) -> float:
        """The most megabytes that it has held."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) / 1024


class Peer(Subject):
    """kopf with its defaults, which knows nothing of pods: it is done when it has made the children."""

    done = "Accepted"

    def __init__(self, cluster: Cluster, kubectl: Kubectl) -> None:
        super().__init__(cluster, kubectl)
        self._config = cluster.plane.kubeconfig

    def command(self) -> Sequence[str]:
        return [sys.executable, "-m", "benchmarks.kopf_peer", self.namespace]

    def environment(self) -> dict[str, str]:
        return super().environment() | {"PYTHONPATH": str(ROOT)}

    def has_settled(self, said: str, plugins: int) -> bool:
        return said.count(HANDLED) >= plugins


def measure(cluster: Cluster, kubectl: Kubectl, make: type[Subject], plugins: int) -> Figures:
    """Start an operator over new plugins, stop it when all is made, and start it again."""
    prepare(kubectl, plugins)
    subject = make(cluster, kubectl)
    try:
        began = time.perf_counter()
        subject.start()
        wait_until(lambda: _made(kubectl, subject.done, plugins), PATIENCE, "all is made")
        rolled_out, first = time.perf_counter() - began, subject.peak
        wait_until(lambda: _quiet(cluster), PATIENCE, "nothing is written any more")
        subject.stop()
        before, said = written(cluster), len(subject.log.read_text())
        began = time.perf_counter()
        subject.start()
        news = lambda: subject.log.read_text()[said:]  # noqa: E731
        wait_until(lambda: subject.has_settled(news(), plugins), PATIENCE, "it has settled")
        settled = time.perf_counter() - began
        wait_until(lambda: _quiet(cluster), PATIENCE, "nothing is written any more")
        return Figures(rolled_out, first, settled, subject.peak, written(cluster) - before)
    finally:
        subject.close()


def prepare(kubectl: Kubectl, plugins: int) -> None:
    """A platform and its plugins, which nobody looks after yet."""
    kubectl.apply(secret("broker", url="amqp://rabbitmq/"), platform())
    for first in range(0, plugins, _BATCH):
        some = range(first, min(first + _BATCH, plugins))
        items = [plugin(f"p{number}", replicas=0, http=None) for number in some]
        whole = {"apiVersion": "v1", "kind": "List", "items": items}
        kubectl("create", "--filename", "-", input=json.dumps(whole), seconds=PATIENCE)


def written(cluster: Cluster) -> int:
    """Requests so far that could change a plugin, a platform or a child, whoever sent them."""
    told = cluster.kubectl("get", "--raw", "/metrics")
    return sum(map(_counted, told.splitlines()))


_KINDS = f"azoraplugins,azoraplatforms,events,{CHILDREN}".split(",")
_CHANGES = ("POST", "PUT", "PATCH", "APPLY", "DELETE")


def _counted(line: str) -> int:
    if not line.startswith("apiserver_request_total{"):
        return 0
    labels = dict(re.findall(r'(\w+)="([^"]*)"', line))
    counts = labels["resource"] in _KINDS and labels["verb"] in _CHANGES
    return int(float(line.rpartition(" ")[2])) if counts else 0


def _made(kubectl: Kubectl, condition: str, plugins: int) -> bool:
    """Whether the condition holds for all plugins and they have all their children."""
    time.sleep(0.5)
    status = f'{{.status.conditions[?(@.type=="{condition}")].status}}'
    told = kubectl("get", "azp", "--output", f"jsonpath={{range .items[*]}}{status}{{end}}")
    if told.count("True") < plugins:
        return False
    children = kubectl("get", CHILDREN, "--selector", "azora.dev/plugin", "--output=name")
    return len(children.splitlines()) >= plugins * len(CHILDREN.split(","))


def _quiet(cluster: Cluster) -> bool:
    before = written(cluster)
    time.sleep(3.0)
    return written(cluster) == before
