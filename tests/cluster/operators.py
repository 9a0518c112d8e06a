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
    """`azora-operator run`, unless `arguments` say otherwise for one namespace, with the rights that manifests/rbac gives or, without
    `rights`, those that are there; `at` is the port where it finds the API server."""

    name = "operator"

    def __init__(
        self,
        cluster: Cluster,
        kubectl: Kubectl,
        *arguments: str,
        rights: bool = True,
        at: int | None = None,
    ) -> None:
        super().__init__()
        self.namespace, self._arguments = kubectl.namespace, arguments
        if rights:
            kubectl("apply", "--kustomize", str(MANIFESTS / "rbac"))
        token = kubectl("create", "token", "azora-operator").strip()
        self._config = self.directory / "kubeconfig"
        config = cluster.plane.client_config(token, kubectl.namespace)
        port = cluster.plane.port
        self._config.write_text(config.replace(f":{port}", f":{at or port}"))

    def command(self) -> Sequence[str]:
        executable = Path(sys.executable).parent / "azora-operator"
        where = self._arguments or ("--namespace", self.namespace)
        return [str(executable), "run", *where, "--port", str(self.port)]

    def environment(self) -> dict[str, str]:
        return os.environ | {"KUBECONFIG": str(self._config)}

    def answers(self) -> bool:
        return True
