"""The operator as a process, with the rights of its own ServiceAccount and no others."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.cluster.cluster import ROOT, Cluster
from tests.cluster.kubectl import Kubectl

from azora.testing.servers import Server

MANIFESTS = ROOT / "manifests"


class Operator(Server):
    """`azora-operator run` for one namespace, with the rights that manifests/rbac gives or, without
    `rights`, those that are there."""

    name = "operator"

    def __init__(self, cluster: Cluster, kubectl: Kubectl, *, rights: bool = True) -> None:
        super().__init__()
        self._namespace = kubectl.namespace
        if rights:
            kubectl("apply", "--kustomize", str(MANIFESTS / "rbac"))
        token = kubectl("create", "token", "azora-operator").strip()
        self._config = self.directory / "kubeconfig"
        self._config.write_text(cluster.plane.client_config(token, kubectl.namespace))

    def command(self) -> Sequence[str]:
        executable = Path(sys.executable).parent / "azora-operator"
        return [str(executable), "run", "--namespace", self._namespace]

    def environment(self) -> dict[str, str]:
        return os.environ | {"KUBECONFIG": str(self._config)}

    def answers(self) -> bool:
        return True
